import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { App, type Bus, type Engine, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import type { BusListener, Publication } from "@argyle/argyle/types";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Room = topic("room", { presence: z.object({ name: z.string() }) });
const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

/** A bus as one isolate has it, until it is dead: then it says and hears nothing. */
class MortalBus implements Bus {
  readonly name = "mortal";
  readonly replay = true;
  readonly #bus: Bus;
  isDead = false;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  async publish(publication: Publication): Promise<void> {
    if (!this.isDead) await this.#bus.publish(publication);
  }

  listen(channel: string, { hear, gap }: BusListener): Promise<AsyncDisposable> {
    return this.#bus.listen(channel, { hear: (message) => void (this.isDead || hear(message)), gap });
  }
}

function isolate({ store, bus }: Engine, clock: FakeClock) {
  const log = new MemoryLog(), mortal = new MortalBus(bus);
  const app = new App({ store, bus: mortal, secrets, clock, log });
  app.page("/", async ({ url, present, join }) => {
    const name = url.searchParams.get("name");
    if (name !== null) join(Room(), { name });
    return <output id="here">{(await present(Room())).map(({ name }) => name).toSorted().join()}</output>;
  });
  return { app, log, mortal };
}

async function make() {
  const clock = new FakeClock(), engine = memory({ clock });
  const isolates = [isolate(engine, clock), isolate(engine, clock)] as const;
  const servers = [
    await isolates[0].app.listen({ port: 0 }),
    await isolates[1].app.listen({ port: 0 }),
  ] as const;
  return {
    clock,
    isolates,
    servers,
    /** Opens a page there. */
    come: async (at: 0 | 1, name?: string, cookie?: string) => {
      const path = name === undefined ? "/" : `/?name=${name}`;
      return await Peer.live(
        servers[at],
        await load(isolates[at].app, path, cookie === undefined ? {} : { cookie }),
      );
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server.stop();
      for (const { log } of isolates) {
        assert.deepEqual(log.lines.filter((line) => line.startsWith("error")), []);
      }
    },
  };
}

/** Waits until a page shows these people. */
async function shows(peer: Peer, names: string): Promise<void> {
  for (;;) {
    const [kind, , operations] = await peer.next();
    assert.equal(kind, "patch");
    if (JSON.stringify(operations) === JSON.stringify([["text", "here", names]])) return;
  }
}

/** Turns the clock in steps between which isolates hear each other. */
async function pass(ms: number, clock: FakeClock): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    clock.turn(250);
    for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

timed(
  "presence: who comes and goes in one isolate does so in the other; also where its last page is closed",
  async () => {
    await using given = await make();
    const { come, clock } = given;
    await using bob = await come(1, "Bob");
    await shows(bob, "Bob");
    const ann = await come(0, "Ann");
    await shows(bob, "Ann,Bob");
    await shows(ann, "Ann,Bob");
    await ann[Symbol.asyncDispose]();
    const gone = shows(bob, "Bob");
    await pass(2000, clock);
    await gone;
  },
);

timed("presence: those of an isolate that was killed are gone within five seconds", async () => {
  await using given = await make();
  const { come, clock, isolates } = given;
  await using bob = await come(1);
  await using _ann = await come(0, "Ann");
  await shows(bob, "Ann");
  isolates[0].mortal.isDead = true;
  await pass(2000, clock);
  assert.match((await load(isolates[1].app)).body, />Ann</);
  const gone = shows(bob, "");
  await pass(3000, clock);
  await gone;
});

timed("presence: a page that comes back in another isolate was never away", async () => {
  await using given = await make();
  const { come, clock, isolates, servers } = given;
  await using bob = await come(1);
  const page = await load(isolates[0].app, "/?name=Ann");
  await using _ann = await Peer.live(servers[0], page);
  await shows(bob, "Ann");
  isolates[0].mortal.isDead = true;
  await using _back = await Peer.live(
    servers[1],
    await load(isolates[1].app, "/?name=Ann", { cookie: page.cookie }),
  );
  await pass(6000, clock);
  assert.deepEqual(bob.texts.filter((text) => text.includes('"here"')).length, 1);
});
