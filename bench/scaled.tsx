/**
 * One of several processes that serve the same app, or one of several threads (`scaled_threads.ts`): a text that all
 * are shown, a counter of each visitor's own, and a room. `SCALED` tells what it is, as JSON; its first line of output, where it
 * serves and where it is told what to do. It ends with its standard input.
 *
 * @module
 */

import { App, Head, Live, Reflex, topic } from "@argyle/argyle";
import type { Engine } from "@argyle/argyle";
import type { Logger } from "@argyle/argyle/types";
import { z } from "zod";
import { control } from "./control.ts";
import { openEngine, type Place } from "./engines.ts";
import { Fan } from "./floors/fan.ts";

/** What such a process is. */
export interface Scaled {
  readonly place: Place;
  /** What the app is called: another one meets none of it. */
  readonly name: string;
  readonly secret: string;
}

/** Where it is. */
export interface ScaledPlaces {
  /** The text; `counter`, `desk` and `room` lie below. Empty where threads are served. */
  readonly app: string;
  readonly control: string;
}

const News = topic("news"),
  Other = topic("other"),
  Room = topic("room", { presence: z.object({ n: z.number() }) });

/** How often the shared page was rendered here. */
let renders = 0;

function makeApp(
  { store, bus }: Engine,
  { name, secret }: Scaled,
): { app: App<{ count?: number }>; show: typeof show } {
  // What pages show lies where all processes find it, and is written before it is told.
  const key = `bench:${name}:news`;
  const keep = (number: number) => store.commit([], [{ key, value: `${number}`, expiresAt: Infinity }]);

  async function show(number: number): Promise<void> {
    await keep(number);
    await app.publish(News());
  }

  class Desk extends Reflex<{ count?: number }> {
    async show() {
      const number = Number(this.element.dataset("number").text());
      await keep(number);
      this.session.count = number;
      this.publish(News());
    }
  }
  class Counter extends Reflex<{ count?: number }> {
    add() {
      this.session.count = (this.session.count ?? 0) + 1;
    }
    tell() {
      this.add();
      this.publish(Other());
    }
  }

  const app = new App<{ count?: number }>({
    store,
    bus,
    name,
    secrets: [secret],
    log,
    limits: { framesPerSecond: 1e9, frameBurst: 1e9, presence: 5000 },
  });
  app.reflexes({ Desk, Counter });
  app.page("/", async ({ subscribe }) => {
    subscribe(News());
    renders++;
    const [entry] = await store.get([key]);
    return (
      <main>
        <Head>
          <title>News</title>
        </Head>
        <p id="news">{entry?.value ?? 0}</p>
      </main>
    );
  }, { key: () => "everybody" });
  app.page("/desk", ({ session }) => (
    <main>
      <output>{session.count ?? 0}</output>
      <button id="show" data-reflex="click->Desk#show">Show</button>
    </main>
  ));
  app.page("/counter", ({ session }) => (
    <main>
      <output id="count">{session.count ?? 0}</output>
      <button id="add" data-reflex="click->Counter#add">Add</button>
      <button id="tell" data-reflex="click->Counter#tell">Tell</button>
    </main>
  ));
  // Who comes is one more line of a text for everybody; who is there says so in a part of their own.
  app.page("/room", async ({ present }) => {
    renders++;
    const people = await present(Room());
    return (
      <main>
        <p id="news">{people.length}</p>
        <Live topic={[]}>
          {({ join }) => {
            join(Room(), { n: 1 });
            return <i>here</i>;
          }}
        </Live>
      </main>
    );
  }, { key: () => "everybody" });
  return { app, show };
}

const log: Logger = {
  info() {},
  warn: (message, fields) => complain(`warn ${message} ${JSON.stringify(fields ?? {})}`),
  error: (message, error) =>
    complain(`error ${message}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`),
};

function complain(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

const scaled: Scaled = JSON.parse(Deno.env.get("SCALED") ?? "");
const { app, show } = makeApp(await openEngine(scaled.place), scaled);
const fan = new Fan();

function serve(
  handler: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>,
): string {
  const { addr } = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  return `http://127.0.0.1:${addr.port}/`;
}

const places: ScaledPlaces = {
  control: serve(control({
    show: (text) => show(JSON.parse(text).number),
    send: (text) => fan.send(text),
    renders: () => renders,
  })),
  app: import.meta.main
    ? serve((request, info) =>
      new URL(request.url).pathname === "/fan" ? fan.serve(request) : app.fetch(request, info)
    )
    : "",
};
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(places)}\n`));
// Whatever the app still holds must not keep the process.
void Deno.stdin.readable.pipeTo(new WritableStream()).finally(() => Deno.exit(0));

export { app };
