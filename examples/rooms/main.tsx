import { anyone, App, Head, Live } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { addRooms, ClientId, Everybody, RoomName } from "./rooms.ts";
import script from "./script.js" with { type: "text" };
import style from "./style.css" with { type: "text" };

/** Rooms in which people speak and whisper, over typed events; and a page for people. */
export default function rooms(options: AppOptions = {}): App {
  const description = "Rooms in which people speak and whisper.";
  const app = new App({ name: "rooms", docs: { authorize: anyone, description }, ...options });
  const base = options.base ?? "";
  addRooms(app);
  const headers = { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" };
  app.route("/script.js", { GET: () => new Response(script, { headers }) });
  app.page("/", ({ query: { room, client } }) => (
    <main>
      <Head>
        <title>{room === undefined ? "Rooms" : `${room} · Rooms`}</title>
        <style>{style}</style>
      </Head>
      {room !== undefined && client !== undefined
        ? <Room {...{ base, room, client }} />
        : <Door {...{ base, room: room ?? "lobby" }} />}
    </main>
  ), { query: z.object({ room: RoomName.optional(), client: ClientId.optional() }) });
  return app;
}

/** Where one says which room, and as whom: a form like any other, which leads to an address. */
function Door({ base, room }: { base: string; room: string }) {
  return (
    <section class="door">
      <h1>Rooms</h1>
      <form id="enter" action={base || "/"}>
        <label>
          Room <input name="room" value={room} required maxLength={50} autocomplete="off" />
        </label>
        <label>
          Your number
          <input
            name="client"
            type="number"
            step="1"
            value={1000 + Math.floor(Math.random() * 9000)}
            required
            autocomplete="off"
          />
        </label>
        <button type="submit">Come in</button>
      </form>
      <p class="quiet">
        Programs are welcome: <a href={`${base}/asyncapi`}>what is spoken here</a>
      </p>
    </section>
  );
}

/** A room as the script finds it. Who is there is the server's to show; the rest is the script's, and patches leave it alone. */
function Room({ base, room, client }: { base: string; room: string; client: number }) {
  return (
    <>
      <Head>
        <script type="module" src={`${base}/script.js`} />
      </Head>
      <header>
        <h1 id="name">{room}</h1>
        <a href={`${base || "/"}?room=${encodeURIComponent(room)}`}>Leave</a>
      </header>
      <Live topic={[]} id="people" as="section">
        {async ({ present }) => {
          const people = await present(Everybody({ room }));
          // Somebody who is here twice is one.
          const clients = [...new Set(people.map(({ client_id }) => client_id))].sort((a, b) => a - b);
          return (
            <>
              <h2 id="here">{clients.length} here</h2>
              <ul aria-labelledby="here">
                {clients.map((id) => <Person key={id} id={id} isMe={id === client} />)}
              </ul>
            </>
          );
        }}
      </Live>
      <section
        id="room"
        aria-labelledby="name"
        data-endpoint={`${base}/room/${encodeURIComponent(room)}/${client}`}
        data-client={client}
        data-reflex-ignore
      >
        <p id="line" role="status">Connecting …</p>
        <div class="log" role="log" aria-label="What is said" tabIndex={0}>
          <ol id="said" />
        </div>
        <form id="say" novalidate>
          <label for="msg" id="to">Say to all</label>
          <div class="line">
            <input id="msg" name="msg" autocomplete="off" maxLength={1000} enterkeyhint="send" />
            <button type="submit">Say</button>
            <button type="button" class="plain" id="all" hidden>To all</button>
          </div>
          <p id="wrong" role="alert" />
        </form>
      </section>
      <noscript>
        <p>A room is a script's: it needs JavaScript.</p>
      </noscript>
    </>
  );
}

function Person({ id, isMe }: { id: number; isMe: boolean }) {
  return (
    <li>
      {isMe
        ? <b>{id}, you</b>
        : <button type="button" class="plain" data-whisper={id} aria-label={`Whisper to ${id}`}>{id}</button>}
    </li>
  );
}
