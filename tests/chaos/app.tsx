/**
 * The app that is put to the test: a process of its own, to be killed. Each person has a tally of clicks, each page of
 * theirs another; and rooms, which many share. It listens on a free port, which its first line of output names; every
 * further line is a message of its log, as JSON.
 *
 * `STORE` is `redis` or `kv`; `STORE_AT` its URL or file; `CLIENT` is `ioredis` for a client of that kind.
 *
 * @module
 */

import { App, contextKey, Live, on, ops, Reflex, topic } from "@argyle/argyle";
import type { Logger } from "@argyle/argyle/types";
import { type Ledger, note, readClick, total } from "./ledger.ts";
import { keptInKv, keptInRedis, type Rooms } from "./place.ts";

interface Session {
  ledger?: Ledger;
  /** The last of the tally's clicks. */
  last?: readonly string[];
}

interface State {
  ledger?: Ledger;
}

/** Who a browser is, by a cookie of the app's own. */
const Who = contextKey<string>("who");

const Tally = topic("tally/:who"), Room = topic("room/:room");

/** So many are listed, by name: enough for rows to come and go at both ends. */
const LISTED = 8;

/** An app whose data lie in these places. */
function makeApp(rooms: Rooms, options: ConstructorParameters<typeof App<Session>>[0]): App<Session> {
  class Clicker extends Reflex<Session, State> {
    press() {
      this.#note();
    }

    async say() {
      const { room = "" } = this.params;
      await rooms.add(room, this.#note());
      const said = Room({ room });
      this.publish(said);
      this.broadcast(said, ops().dispatchEvent("chaos:said"));
    }

    #note(): string {
      const click = this.element.dataset("click").text();
      readClick(click);
      this.session.ledger = note(this.session.ledger ?? {}, click);
      this.session.last = [...this.session.last ?? [], click].slice(-LISTED);
      // What many share has no state.
      if (this.params["room"] === undefined) this.state.ledger = note(this.state.ledger ?? {}, click);
      const who = this.get(Who);
      this.publish(Tally({ who }));
      this.broadcast("session", ops().dispatchEvent("chaos:pressed"));
      return click;
    }
  }

  const app = new App<Session>(options);
  app.use(({ request, set }, next) => {
    set(Who, /(?:^|;\s*)who=([a-z0-9-]+)/.exec(request.headers.get("cookie") ?? "")?.[1] ?? "nobody");
    return next();
  });
  app.reflexes({ Clicker });

  function Own({ session }: { session: Readonly<Session> }) {
    const ledger = session.ledger ?? {};
    return (
      <section>
        <output id="total">{total(ledger)}</output>
        <output id="ledger">{JSON.stringify(ledger)}</output>
        <ul id="last">{(session.last ?? []).map((click) => <li key={click}>{click}</li>)}</ul>
        <button id="press" {...on("click", Clicker, "press")}>Press</button>
      </section>
    );
  }

  app.page("/me", ({ session, state, get, subscribe }) => {
    subscribe(Tally({ who: get(Who) }));
    return (
      <main>
        <h1>{get(Who)}</h1>
        <output id="visit">{JSON.stringify(state.ledger ?? {})}</output>
        <Own session={session} />
      </main>
    );
  }, { state: (): State => ({}) });
  app.page("/room/:room", async ({ params, load }) => {
    const clicks = (await load(Room(params), () => rooms.list(params.room))).toSorted(byNumber);
    return (
      <main>
        <div id="shared">
          <output id="count">{clicks.length}</output>
          <ul id="said">{clicks.slice(-LISTED).map((click) => <li key={click}>{click}</li>)}</ul>
        </div>
        <Live<Session> topic={[]}>
          {({ session, get, subscribe }) => {
            subscribe(Tally({ who: get(Who) }));
            return (
              <div>
                <button id="say" {...on("click", Clicker, "say")}>Say</button>
                <Own session={session} />
              </div>
            );
          }}
        </Live>
      </main>
    );
  }, { key: () => "everybody" });
  // For the last look: a room as its place has it.
  app.page(
    "/said/:room",
    async ({ params }) => <output id="all">{(await rooms.list(params.room)).join(" ")}</output>,
  );
  return app;
}

function byNumber(a: string, b: string): number {
  return readClick(a).n - readClick(b).n || (a < b ? -1 : 1);
}

if (import.meta.main) {
  const say = (line: Record<string, unknown>) =>
    Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
  const log: Logger = {
    info() {},
    warn: (message, fields) => say({ level: "warn", message, ...fields }),
    error: (message, error, fields) => say({ level: "error", message, error: told(error), ...fields }),
  };
  const at = Deno.env.get("STORE_AT") ?? "";
  const { engine, rooms } = Deno.env.get("STORE") === "kv"
    ? await keptInKv(at)
    : await keptInRedis(at, Deno.env.get("CLIENT") ?? "", log);
  const server = await makeApp(rooms, { ...engine, name: "chaos", log }).listen({ port: 0 });
  say({ port: server.port });
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return `${error.stack ?? error.message}${cause === undefined ? "" : `\ncaused by ${told(cause)}`}`;
}
