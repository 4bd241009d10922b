import { action, App, Head, Live, Reflex, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { GuestName, guests } from "./guests.ts";
import { type Message, Room } from "./room.ts";
import style from "./style.css" with { type: "text" };

const Session = z.object({ name: z.string().default("") });
type Session = z.infer<typeof Session>;

/** What is said, and who is there. */
const Lobby = topic("lobby", { presence: z.object({ name: z.string() }) });

/** A room in which everybody sees what is said and who is there: one page for all, with a part of their own for each. */
export default function chat(options: AppOptions<Session> = {}): App<Session> {
  const { store = memory().store } = options, room = new Room(store);

  class Chat extends Reflex<Session> {
    post = action(z.object({ text: z.string().trim().max(1000) }), async ({ text }) => {
      if (text === "") return;
      await room.say(this.id, this.session.name || this.get(GuestName), text);
      this.publish(Lobby()); // with the commit: everybody is shown it
    });
    /** No name is one too: that of a guest. */
    rename = action(z.object({ name: z.string().trim().max(40, "At most 40 letters") }), ({ name }) => {
      this.session.name = name;
    });
  }

  const app = new App<Session>({ name: "chat", session: Session, ...options, store });
  app.use(guests(options.base || "/"));
  app.reflexes({ Chat });
  app.page("/", async ({ load, present }) => {
    // Loaded once for all, until somebody says something; and listed once for all, until somebody comes or goes.
    const messages = await load(Lobby(), () => room.messages());
    const people = await present(Lobby());
    return (
      <main>
        <Head>
          <title>Chat</title>
          <style>{style}</style>
        </Head>
        <header>
          <h1>Chat</h1>
          <section aria-labelledby="here">
            <h2 id="here">{people.length} here</h2>
            <ul id="present" aria-labelledby="here" tabIndex={0}>
              {people.map(({ name }, at) => <li key={at}>{name}</li>)}
            </ul>
          </section>
        </header>
        <div class="log" role="log" aria-label="Messages" tabIndex={0}>
          <ol id="messages">{messages.map((message) => <Said key={message.id} {...message} />)}</ol>
          <p class="quiet" id="silence">{messages.length === 0 ? "Nobody has said anything yet." : null}</p>
        </div>
        <Live<Session> topic={[]} id="me">
          {({ session, get, join, form }) => {
            const name = session.name || get(GuestName);
            join(Lobby(), { name }); // there, as long as this page is open
            const rename = form(Chat, "rename", { id: "rename" });
            return (
              <div class="mine">
                <form id="post" data-reflex="submit->Chat#post">
                  <label for="text">
                    Say something as <b id="name">{name}</b>
                  </label>
                  <div class="line">
                    <input id="text" name="text" autocomplete="off" maxLength={1000} enterkeyhint="send" />
                    <button type="submit">Say</button>
                  </div>
                </form>
                <form {...rename} class="rename">
                  <label for="rename-name">Your name</label>
                  <div class="line">
                    <input
                      {...rename.field("name")}
                      value={session.name}
                      placeholder={name}
                      autocomplete="nickname"
                      maxLength={40}
                    />
                    <button type="submit" class="plain">Change</button>
                  </div>
                  {rename.error("name")}
                </form>
              </div>
            );
          }}
        </Live>
      </main>
    );
  }, { key: () => "everybody" });
  return app;
}

function Said({ from, text, at }: Message) {
  const time = new Date(at).toISOString();
  return (
    <li>
      <b>{from}</b> <time datetime={time}>{time.slice(11, 16)}</time>
      <p>{text}</p>
    </li>
  );
}
