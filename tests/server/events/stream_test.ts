import assert from "node:assert/strict";
import { action, anyone, HttpError } from "@argyle/argyle";
import { defaultLimits } from "@argyle/argyle/protocol";
import { z } from "zod";
import { sendAll } from "../../../server/events/stream.ts";
import { Running } from "../../../server/events/running.ts";
import { FakeClock } from "@argyle/argyle/testing";
import { EventsPeer, makeWorld } from "../../helpers/events.ts";
import { timed } from "../../helpers/peer.ts";

const empty = z.object({});

timed("stream: each value is a message, then comes the end; the next message waits for it", async () => {
  await using world = makeWorld();
  world.app.events("/ws").handle({
    count: action(z.object({ to: z.number() }), async function* ({ to }) {
      for (let n = 0; n < to; n++) {
        await Promise.resolve();
        yield n % 2 === 0 ? { n } : { type: "odd", n };
        yield undefined; // nothing
      }
      return "nobody's";
    }),
    promised: action(empty, () =>
      Promise.resolve(
        new ReadableStream({
          start(controller) {
            controller.enqueue({ from: "a stream" });
            controller.close();
          },
        }),
      )),
    after: action(empty, () => ({ after: true })),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  peer.send({ type: "count", to: 3, id: 7 });
  peer.send({ type: "after" });
  const all = [];
  for (let i = 0; i < 5; i++) all.push(await peer.next());
  assert.deepEqual(all, [
    { type: "count", id: 7, n: 0 },
    { type: "odd", id: 7, n: 1 },
    { type: "count", id: 7, n: 2 },
    { type: "count", id: 7, end: true },
    { type: "after", after: true },
  ]);
  assert.deepEqual(await peer.say({ type: "count", to: 0 }), { type: "count", end: true });
  assert.deepEqual(await peer.say({ type: "promised" }), { type: "promised", from: "a stream" });
  assert.deepEqual(await peer.next(), { type: "promised", end: true });
});

timed(
  "stream: its values are held against the output schema; where one fails, so does it, and what made it is told",
  async () => {
    await using world = makeWorld();
    const ended: string[] = [];
    const values = (name: string, ...all: unknown[]) =>
      async function* () {
        try {
          yield* all;
        } finally {
          ended.push(name);
        }
      };
    world.app.events("/ws").handle({
      bad: action(empty, values("bad", { n: 1 }, { n: "x" }, { n: 3 }), {
        output: z.object({ n: z.number() }),
      }),
      reserved: action(empty, values("reserved", { end: true })),
      throws: action(empty, async function* () {
        yield { n: 1 };
        await Promise.resolve();
        throw new HttpError(410, "No more.");
      }),
    }, { authorize: anyone });
    await using peer = await EventsPeer.open(world.app);
    assert.deepEqual(await peer.say({ type: "bad", id: 1 }), { type: "bad", id: 1, n: 1 });
    const kind = async () => {
      const { errors: [{ loc, type }], id } = await peer.next() as {
        errors: [{ loc: string[]; type: string }];
        id: unknown;
      };
      return [loc.join("."), type, id];
    };
    assert.deepEqual(await kind(), ["response.n", "server_error", 1]);
    peer.send({ type: "reserved", id: 2 });
    assert.deepEqual(await kind(), ["response.end", "server_error", 2]);
    assert.deepEqual(await peer.say({ type: "throws", id: 3 }), { type: "throws", id: 3, n: 1 });
    assert.deepEqual(await kind(), ["", "http_error", 3]);
    await peer.quiet();
    assert.deepEqual(ended, ["bad", "reserved"]);
  },
);

timed("stream: it is ended where the connection goes, also between two values", async () => {
  await using world = makeWorld();
  const ended = Promise.withResolvers<string>();
  world.app.events("/ws").handle({
    forever: action(empty, async function* (_input, { signal }) {
      try {
        for (let n = 0;; n++) {
          yield { n };
          await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        }
      } finally {
        ended.resolve((signal.reason as Error).message);
      }
    }),
  }, { authorize: anyone });
  {
    await using peer = await EventsPeer.open(world.app);
    assert.deepEqual(await peer.say({ type: "forever" }), { type: "forever", n: 0 });
  }
  assert.equal(await ended.promise, "The connection is gone.");
  assert.deepEqual([world.log.lines, world.clock.waiting], [[], 0]);
});

timed("stream: one whose values are there at once lets others have a turn", async () => {
  await using world = makeWorld();
  let isTurned = false;
  world.app.events("/ws").handle({
    count: action(empty, async function* () {
      setTimeout(() => isTurned = true);
      for (let n = 0; !isTurned; n++) {
        if (n === 1_000_000) throw new Error("Nobody else has had a turn.");
        yield undefined;
      }
      yield { fine: true };
    }),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  assert.deepEqual(await peer.say({ type: "count" }), { type: "count", fine: true });
  assert.deepEqual(await peer.next(), { type: "count", end: true });
});

timed("stream: one whose values are there at once is ended where its own handler closes", async () => {
  await using world = makeWorld();
  let asked = 0;
  const returned = Promise.withResolvers<void>();
  world.app.events("/ws").handle({
    count: action(empty, (_input, { close }) => ({
      [Symbol.asyncIterator]: () => ({
        next() {
          if (++asked === 3) close();
          // What runs on here keeps everything else from running, this test too.
          if (asked > 1000) throw new Error("It runs on.");
          return Promise.resolve({ done: false, value: { asked } });
        },
        return() {
          returned.resolve();
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    })),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  peer.send({ type: "count" });
  assert.deepEqual(await peer.next(), { type: "count", asked: 1 });
  await returned.promise;
  assert.equal(asked, 3);
});

timed("stream: each value has the time that a handler has", async () => {
  await using world = makeWorld();
  const gates = [0, 1].map(() => Promise.withResolvers<void>()),
    waits = gates.map(() => Promise.withResolvers<void>());
  let isEnded = false;
  world.app.events("/ws").handle({
    slow: action(empty, async function* () {
      try {
        for (const [n, { promise }] of gates.entries()) {
          waits[n]!.resolve();
          await promise;
          yield { n };
        }
        yield* [];
      } finally {
        isEnded = true;
      }
    }),
    next: action(empty, () => ({ next: true })),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  peer.send({ type: "slow", id: 1 });
  peer.send({ type: "next" });
  await waits[0]!.promise;
  world.clock.turn(defaultLimits.reflex - 1);
  gates[0]!.resolve();
  assert.deepEqual(await peer.next(), { type: "slow", id: 1, n: 0 });
  await waits[1]!.promise;
  world.clock.turn(defaultLimits.reflex - 1);
  await Promise.resolve();
  world.clock.turn(1);
  assert.match(JSON.stringify(await peer.next()), /It took too long/);
  assert.deepEqual(await peer.next(), { type: "next", next: true });
  assert.equal(isEnded, false); // it hangs
  gates[1]!.resolve();
  await peer.quiet();
  assert.equal(isEnded, true);
});

timed(
  "stream: who makes values waits for who reads them, and is ended where that takes for ever",
  async () => {
    const running = new Running(new FakeClock());
    let made = 0, isEnded = false, read: (() => void) | undefined;
    async function* values() {
      try {
        for (;;) yield made++;
      } finally {
        isEnded = true;
      }
    }
    const sent: string[] = [];
    const done = sendAll(values(), {
      running,
      ms: Infinity,
      late: () => new Error("late"),
      write: (value) => String(value),
      failed: assert.fail,
      line: {
        send: (text) => void sent.push(text),
        isBehind(whenRead) {
          if (sent.length % 3 !== 2) return false;
          read = () => {
            sent.push("read");
            whenRead();
          };
          return true;
        },
      },
    });
    while (read === undefined) await Promise.resolve();
    for (let i = 0; i < 50; i++) await Promise.resolve();
    assert.deepEqual([sent, made], [["0", "1"], 2]);
    read();
    while (sent.length < 5) await Promise.resolve();
    assert.deepEqual(sent, ["0", "1", "read", "2", "3"]);
    const gone = new Error("gone");
    running.abort(gone);
    await assert.rejects(done, gone);
    assert.ok(isEnded);
  },
);

timed("stream: one that may run beside others holds nobody up", async () => {
  await using world = makeWorld();
  const gate = Promise.withResolvers<void>();
  world.app.events("/ws").handle({
    ticks: action(empty, async function* () {
      yield { n: 0 };
      await gate.promise;
      yield { n: 1 };
    }, { concurrent: true }),
    other: action(empty, () => ({ other: true })),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  assert.deepEqual(await peer.say({ type: "ticks", id: 1 }), { type: "ticks", id: 1, n: 0 });
  assert.deepEqual(await peer.say({ type: "other" }), { type: "other", other: true });
  gate.resolve();
  assert.deepEqual(await peer.next(), { type: "ticks", id: 1, n: 1 });
  assert.deepEqual(await peer.next(), { type: "ticks", id: 1, end: true });
});
