import assert from "node:assert/strict";
import { action, anyone } from "@argyle/argyle";
import { defaultLimits } from "@argyle/argyle/protocol";
import fc from "fast-check";
import { z } from "zod";
import { EventsPeer, makeWorld } from "../../helpers/events.ts";
import { timed } from "../../helpers/peer.ts";

const empty = z.object({}), numbered = z.object({ n: z.number() });

/** What a handler waits for until a test lets it go on. */
class Gates {
  readonly begun: number[] = [];
  readonly #gates = new Map<number, PromiseWithResolvers<void>>();
  readonly #arrivals = new Map<number, PromiseWithResolvers<void>>();
  async pass(n: number): Promise<{ n: number }> {
    this.begun.push(n);
    this.#of(this.#arrivals, n).resolve();
    await this.#of(this.#gates, n).promise;
    return { n };
  }
  open(n: number): void {
    this.#of(this.#gates, n).resolve();
  }
  async arrived(n: number): Promise<void> {
    await this.#of(this.#arrivals, n).promise;
  }
  #of(map: Map<number, PromiseWithResolvers<void>>, n: number): PromiseWithResolvers<void> {
    const known = map.get(n) ?? Promise.withResolvers<void>();
    map.set(n, known);
    return known;
  }
}

function make(limits = {}) {
  const world = makeWorld({ limits }), gates = new Gates();
  const signals: AbortSignal[] = [];
  world.app.events("/ws").handle({
    wait: action(numbered, ({ n }) => gates.pass(n)),
    beside: action(numbered, ({ n }) => gates.pass(n), { concurrent: true }),
    patient: action(numbered, ({ n }) => gates.pass(n), { timeout: Infinity }),
    quick: action(numbered, ({ n }) => gates.pass(n), { timeout: 50 }),
    heeds: action(empty, (_input, { signal }) => {
      signals.push(signal);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    }),
    now: action(numbered, (input) => input),
  }, { authorize: anyone });
  return {
    ...world,
    app: world.app,
    gates,
    signals,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** What comes, by ids; of errors, their sentences without the reference. */
async function ids(peer: EventsPeer, count: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const { id, errors } = await peer.next() as { id: unknown; errors?: { msg: string; type: string }[] };
    all.push(errors === undefined ? id : [id, errors[0]!.msg.replace(/ \(.*\)/, ""), errors[0]!.type]);
  }
  return all;
}

timed("order: one message waits for the one before, errors too", async () => {
  await using world = make();
  await using peer = await EventsPeer.open(world.app);
  peer.send({ type: "wait", n: 1, id: 1 });
  peer.send({ type: "now", n: 2, id: 2 });
  peer.send({ type: "nothing", id: 3 });
  peer.peer.send("{");
  peer.send({ type: "now", n: "x", id: 4 });
  peer.send({ type: "wait", n: 5, id: 5 });
  await world.gates.arrived(1);
  world.gates.open(5);
  world.gates.open(1);
  assert.deepEqual((await ids(peer, 6)).map((id) => Array.isArray(id) ? id[0] : id), [
    1,
    2,
    3,
    undefined,
    4,
    5,
  ]);
  assert.deepEqual(world.gates.begun, [1, 5]);
});

timed("order: another connection does not wait", async () => {
  await using world = make();
  await using ann = await EventsPeer.open(world.app);
  await using bob = await EventsPeer.open(world.app);
  ann.send({ type: "wait", n: 1, id: 1 });
  await world.gates.arrived(1);
  assert.deepEqual(await bob.say({ type: "now", n: 2 }), { type: "now", n: 2 });
  world.gates.open(1);
  assert.deepEqual(await ids(ann, 1), [1]);
});

timed("order: a concurrent handler begins in its turn, and what comes behind it goes on", async () => {
  await using world = make();
  await using peer = await EventsPeer.open(world.app);
  for (const [n, type] of ["wait", "beside", "beside", "now"].entries()) peer.send({ type, n, id: n });
  await world.gates.arrived(0);
  assert.deepEqual(world.gates.begun, [0]);
  world.gates.open(0);
  assert.deepEqual(await ids(peer, 2), [0, 3]);
  assert.deepEqual(world.gates.begun, [0, 1, 2]);
  world.gates.open(2);
  assert.deepEqual(await ids(peer, 1), [2]);
  world.gates.open(1);
  assert.deepEqual(await ids(peer, 1), [1]);
});

timed("order: whatever handlers wait for, answers come in the order of the messages", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("wait", "now", "nothing"), { maxLength: 12 }),
      async (types) => {
        await using world = make();
        await using peer = await EventsPeer.open(world.app);
        for (const [n, type] of types.entries()) {
          world.gates.open(n);
          peer.send({ type, ...type === "nothing" ? {} : { n }, id: n });
        }
        const all = await ids(peer, types.length);
        assert.deepEqual(all.map((id) => Array.isArray(id) ? id[0] : id), types.map((_, n) => n));
      },
    ),
    { numRuns: 30 },
  );
});

timed("time: what takes too long is told so, its signal says it, and the next message goes on", async () => {
  await using world = make();
  await using peer = await EventsPeer.open(world.app);
  peer.send({ type: "wait", n: 1, id: 1 });
  peer.send({ type: "now", n: 2, id: 2 });
  await world.gates.arrived(1);
  world.clock.turn(defaultLimits.reflex);
  assert.deepEqual(await ids(peer, 2), [[1, "It took too long.", "server_error"], 2]);
  assert.match(world.log.lines.pop()!, /wait took longer than 10000 ms/);
  // What it gives later is nobody's answer.
  world.gates.open(1);
  peer.send({ type: "heeds", id: 3 });
  peer.send({ type: "now", n: 4, id: 4 });
  while (world.signals.length === 0) await Promise.resolve();
  world.clock.turn(defaultLimits.reflex);
  assert.deepEqual(await ids(peer, 2), [[3, "It took too long.", "server_error"], 4]);
  assert.equal((world.signals[0]!.reason as DOMException).name, "TimeoutError");
  peer.send({ type: "quick", n: 5, id: 5 });
  await world.gates.arrived(5);
  world.clock.turn(50);
  assert.deepEqual(await ids(peer, 1), [[5, "It took too long.", "server_error"]]);
  peer.send({ type: "patient", n: 6, id: 6 });
  await world.gates.arrived(6);
  world.clock.turn(1000 * defaultLimits.reflex);
  world.gates.open(6);
  assert.deepEqual(await ids(peer, 1), [6]);
  await peer.quiet();
  assert.equal(world.log.lines.length, 2);
});

timed("time: what fails after nobody waits any more is in the log; that nobody waits is not", async () => {
  await using world = makeWorld();
  const late = Promise.withResolvers<never>();
  world.app.events("/ws").handle({
    fails: action(empty, () => late.promise),
    heeds: action(
      empty,
      (_input, { signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    ),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  for (const type of ["fails", "heeds"]) {
    peer.send({ type, id: type });
    for (let i = 0; i < 20; i++) await Promise.resolve();
    world.clock.turn(defaultLimits.reflex);
    assert.deepEqual(await ids(peer, 1), [[type, "It took too long.", "server_error"]]);
  }
  world.log.lines.length = 0;
  late.reject(new Error("at last"));
  await peer.quiet();
  assert.deepEqual(world.log.lines.map((line) => line.replace(/ \{.*/, "")), [
    "error an event's handler failed when nobody waited any more: at last ",
  ]);
});

timed("end: handlers of a connection that goes are told by their signal, and answer nobody", async () => {
  await using world = make();
  {
    await using peer = await EventsPeer.open(world.app);
    peer.send({ type: "heeds", id: 3 });
    peer.send({ type: "wait", n: 1, id: 4 });
    while (world.signals.length === 0) await Promise.resolve();
  }
  assert.equal((world.signals[0]!.reason as DOMException).message, "The connection is gone.");
  assert.deepEqual([world.gates.begun, world.log.lines], [[], []]);
  assert.equal(world.clock.waiting, 0);
});

timed(
  "limits: so many messages wait, and no more: the rest is refused with its id, and the line lives on",
  async () => {
    await using world = make({ eventsPending: 3 });
    await using peer = await EventsPeer.open(world.app);
    for (let n = 0; n < 6; n++) peer.send({ type: "wait", n, id: n });
    await world.gates.arrived(0);
    const refused = "At most 3 messages wait.";
    assert.deepEqual(await ids(peer, 3), [3, 4, 5].map((n) => [n, refused, "value_error.rate"]));
    for (let n = 0; n < 3; n++) world.gates.open(n);
    assert.deepEqual(await ids(peer, 3), [0, 1, 2]);
    assert.deepEqual(await peer.say({ type: "now", n: 7 }), { type: "now", n: 7 });
  },
);

timed("limits: what runs beside counts, too; and so do bytes", async () => {
  await using world = make({ eventsPending: 3, frame: 100 });
  await using peer = await EventsPeer.open(world.app);
  for (let n = 0; n < 4; n++) peer.send({ type: "beside", n, id: n });
  assert.deepEqual(await ids(peer, 1), [[3, "At most 3 messages wait.", "value_error.rate"]]);
  for (let n = 0; n < 3; n++) world.gates.open(n);
  await ids(peer, 3);
  await using other = make({ eventsPending: 1000, frame: 100 });
  await using long = await EventsPeer.open(other.app);
  long.send({ type: "wait", n: 0, id: 0 });
  const messages = Array.from({ length: 30 }, (_, n) => ({ type: "now", n, id: n, x: "x".repeat(50) }));
  let room = 16 * 100; // frames of 100 bytes
  const first = messages.findIndex((message) => (room -= JSON.stringify(message).length) < 0);
  for (const message of messages.slice(0, first + 1)) long.send(message);
  const wait = "At most 1000 messages wait.";
  assert.deepEqual(await ids(long, 1), [[first, wait, "value_error.rate"]]);
});
