import { action, App, Head, Live, on, redirect, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { type Message, Rooms } from "./rooms.ts";
import style from "./style.css" with { type: "text" };

const Session = z.object({ name: z.string().default("") });
type Session = z.infer<typeof Session>;

/** What is said in a room. */
const Room = topic("room/:room");

/** Rooms in which everybody sees what is said: one page for all in a room, with a part of their own for each. */
export default function chat(options: AppOptions<Session> = {}): App<Session> {
  const rooms = new Rooms();

  class Chat extends Reflex<Session> {
    problem = "";
    /** Who is nobody yet, takes a name. */
    enter = action(z.object({ name: z.string() }), ({ name }) => {
      const taken = name.trim().slice(0, 40);
      if (taken === "") this.problem = "Say who you are.";
      else this.session.name = taken;
    });
    say = action(z.object({ text: z.string() }), ({ text }) => {
      const room = this.params["room"] ?? this.abort("There is no such room.");
      if (this.session.name === "") this.forbid("Say who you are first.");
      if (text.trim() === "") return;
      rooms.say(room, this.session.name, text.trim().slice(0, 1000));
      this.publish(Room({ room })); // with the commit: everybody in the room is shown it
    });
    leave() {
      this.session.name = "";
    }
  }

  const app = new App<Session>({ name: "chat", session: Session, ...options });
  app.reflexes({ Chat });
  app.page("/", ({ url }) => redirect(`${url.pathname.replace(/\/$/, "")}/lobby`));
  app.page("/:room", async ({ params, load }) => {
    // Loaded once for all in the room, until somebody says something there.
    const messages = await load(Room(params), () => rooms.messages(params.room));
    return (
      <main>
        <Head>
          <title>{`#${params.room}`}</title>
          <style>{style}</style>
        </Head>
        <h1>#{params.room}</h1>
        <div class="log" role="log" aria-label="Messages" tabIndex={0}>
          <ol id="messages">
            {messages.map((message) => <Said key={message.id} {...message} />)}
            {messages.length === 0 ? <li key="none" class="quiet">Nobody has said anything yet.</li> : null}
          </ol>
        </div>
        <Live<Session> topic={[]} id="me">
          {({ session, ran }) => (
            session.name === ""
              ? (
                <form data-reflex="submit->Chat#enter">
                  <label for="name">Your name</label>
                  <div class="line">
                    <input
                      id="name"
                      name="name"
                      autocomplete="nickname"
                      maxLength={40}
                      aria-describedby="problem"
                    />
                    <button type="submit">Enter</button>
                  </div>
                  <p id="problem" role="alert">{ran(Chat)?.problem}</p>
                </form>
              )
              : (
                <form data-reflex="submit->Chat#say">
                  <label for="text">You are {session.name}</label>
                  <div class="line">
                    <input
                      id="text"
                      name="text"
                      autocomplete="off"
                      maxLength={1000}
                      placeholder="Say something"
                    />
                    <button type="submit">Say</button>
                    <button type="button" class="plain" {...on("click", Chat, "leave")}>Leave</button>
                  </div>
                </form>
              )
          )}
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
