import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { action } from "../../protocol/action.ts";
import type { Schema } from "../../protocol/schema.ts";
import type { Groups } from "../../socksync/groups.ts";
import { SyncError } from "../../socksync/sync_error.ts";
import { alone, flush, Link, makePeer, type Raw, type Said } from "./_ends.ts";

/** An owner of functions, to which somebody has subscribed. */
function owner(groups: Groups<never>, given: Parameters<typeof alone>[0] = {}): Raw {
  const raw = alone({ ...given, shared: groups as Groups });
  for (const name of Object.keys(groups)) raw.say({ func: "subscribe", type: "function", name });
  return raw;
}

const call = (id: unknown, fields: Said = {}) => ({
  func: "call",
  type: "function",
  name: "f",
  id,
  ...fields,
});
const anything = z.looseObject({});

async function answersOf(raw: Raw): Promise<Said[]> {
  await flush();
  return raw.pipe.take();
}

Deno.test("functions: they start in the order of their calls and finish in any", async () => {
  const started: unknown[] = [], finish = new Map<unknown, () => void>();
  const raw = owner({
    f: action(z.object({ n: z.number() }), ({ n }) => {
      started.push(n);
      return new Promise<number>((resolve) => finish.set(n, () => resolve(n * 10)));
    }),
  });
  for (let n = 0; n < 1000; n++) equal(raw.say(call(n, { args: { n } })).length, 0);
  deepEqual(started, Array.from({ length: 1000 }, (_, n) => n));
  for (const n of [999, 0, 500]) {
    finish.get(n)!();
    deepEqual((await answersOf(raw)).map(({ func, id, value }) => [func, id, value]), [[
      "return",
      n,
      n * 10,
    ]]);
  }
  for (const end of finish.values()) end();
  equal((await answersOf(raw)).length, 997);
  equal(raw.clock.waiting, 0);
});

Deno.test("functions: one that is checked for long holds up those behind it, and only until it is given up", async () => {
  const started: unknown[] = [], check = new Map<unknown, () => void>();
  const slow: Schema<unknown, { n: number }> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => {
        const { n, later } = value as { n: number; later?: boolean };
        return later
          ? new Promise((resolve) => check.set(n, () => resolve({ value: { n } })))
          : { value: { n } };
      },
    },
  };
  const raw = owner({ f: action(slow, ({ n }) => void started.push(n)) });
  raw.say(call(1, { args: { n: 1 } }));
  raw.say(call(2, { args: { n: 2, later: true } }));
  raw.say(call(3, { args: { n: 3 } }));
  raw.say(call(4, { args: { n: 4, later: true } }));
  raw.say(call(5, { args: { n: 5 } }));
  await flush();
  deepEqual(started, [1]);
  check.get(2)!();
  await flush();
  deepEqual(started, [1, 2, 3]);
  raw.clock.turn(5000);
  raw.say(call(6, { args: { n: 6 } }));
  raw.pipe.take();
  raw.clock.turn(5000); // the first five have taken too long; the sixth has not
  const late = await answersOf(raw);
  deepEqual(late.map(({ func, id }) => [func, id]), [["error", 4], ["error", 5], ["return", 6]]);
  deepEqual(started, [1, 2, 3, 6], "and what was given up is not done any more");
});

Deno.test("functions: an id that is in use is refused, and one that was used is not", async () => {
  let finish = () => {};
  const raw = owner({ f: action(anything, () => new Promise<void>((resolve) => finish = resolve)) });
  raw.say(call("a"));
  deepEqual(raw.say(call("a")), [{
    func: "error",
    error_code: 6,
    message: "a is not a valid function call.",
    type: "function",
    name: "f",
    id: "a",
  }]);
  raw.pipe.take();
  finish();
  // Nothing that it returns is no value at all.
  deepEqual(await answersOf(raw), [{ func: "return", type: "function", name: "f", id: "a" }]);
  equal(raw.say(call("a")).length, 0);
  finish();
  equal((await answersOf(raw)).length, 1);
});

Deno.test("functions: no more run at once than may", async () => {
  const finish: (() => void)[] = [];
  const f = action(anything, () => new Promise<void>((resolve) => finish.push(resolve)));
  const raw = owner({ f }, { limits: { syncCalls: 2 } });
  for (const id of [1, 2]) raw.say(call(id));
  deepEqual(raw.say(call(3)).map(({ error_code, message, id }) => [error_code, message, id]), [
    [8, "At most 2 calls run at once.", 3],
  ]);
  finish[0]!();
  await answersOf(raw);
  equal(raw.say(call(3)).length, 0);
  for (const end of finish) end();
  equal((await answersOf(raw)).length, 2);
});

Deno.test("functions: whatever becomes of a call, it is answered once", async () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const query = { then: (resolve: (rows: number[]) => void) => resolve([1, 2]) };
  const outcomes: Record<string, [run: () => unknown, answer: Said]> = {
    value: [() => ({ a: [1] }), { value: { a: [1] } }],
    nothing: [() => undefined, {}],
    null: [() => null, { value: null }],
    date: [() => new Date(0), { value: "1970-01-01T00:00:00.000Z" }],
    symbol: [() => Symbol("s"), { value: null }],
    query: [() => query, { value: [1, 2] }],
    promise: [() => Promise.resolve("later"), { value: "later" }],
    throws: [() => {
      throw new Error("No.");
    }, { message: "Told: No." }],
    rejects: [() => Promise.reject(new Error("Never.")), { message: "Told: Never." }],
    nonsense: [() => {
      throw "a text";
    }, { message: "Told: a text" }],
    undefined: [() => Promise.reject(undefined), { message: "Told: undefined" }],
    bigint: [() => 10n, { message: "Told: Do not know how to serialize a BigInt" }],
    json: [() => ({
      toJSON() {
        throw new Error("Not me.");
      },
    }), { message: "Told: Not me." }],
    query_fails: [() => ({ then: (_: unknown, no: (e: Error) => void) => no(new Error("SQL")) }), {
      message: "Told: SQL",
    }],
  };
  for (const [name, [run, answer]] of Object.entries(outcomes)) {
    const raw = owner({ f: action(anything, run) }), id = name;
    raw.say(call(id));
    await flush();
    const expected = "message" in answer
      ? { func: "error", error_code: 8, ...answer, type: "function", name: "f", id }
      : { func: "return", type: "function", name: "f", id, ...answer };
    deepEqual(raw.pipe.take(), [expected], name);
    raw.clock.turn(100_000);
    deepEqual([raw.pipe.take().length, raw.clock.waiting], [0, 0]);
  }
  const raw = owner({ f: action(anything, () => circle) });
  raw.say(call(1));
  equal((await answersOf(raw))[0]!["error_code"], 8);
});

Deno.test("functions: arguments that the schema refuses are told of, and an error of the schema's own is not", () => {
  let calls = 0;
  const raw = owner({ f: action(z.object({ n: z.number() }), () => ++calls) });
  const [refused] = raw.say(call(1, { args: { n: "one" } }));
  ok(String(refused!["message"]).startsWith("args is not valid: n: "));
  ok(String(raw.say(call(1))[0]!["message"]).startsWith("args is not valid: n: "));
  equal(calls, 0);
  const broken: Schema = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => {
        throw new Error("secret");
      },
    },
  };
  const other = owner({ f: action(broken, () => 1) });
  equal(other.say(call(1))[0]!["message"], "Told: secret");
});

Deno.test("functions: what is returned is read by the schema for it, and what that refuses never leaves", async () => {
  const raw = owner({
    f: action(anything, (): unknown => ({ n: 1, secret: "s" }), { output: z.object({ n: z.number() }) }),
  });
  raw.say(call(1));
  deepEqual((await answersOf(raw))[0]!["value"], { n: 1 });
  const wrong = owner({
    f: action(anything, (): unknown => ({ secret: "s" }), { output: z.object({ n: z.number() }) }),
  });
  wrong.say(call(1));
  const [answer] = await answersOf(wrong);
  ok(String(answer!["message"]).startsWith("Told: The result is not valid: n: "));
  equal(JSON.stringify(answer).includes('"s"'), false);
});

Deno.test("functions: one that takes too long is answered, aborted, and not answered again", async () => {
  const signals: AbortSignal[] = [], finish: (() => void)[] = [];
  const f = (timeout?: number) =>
    action(anything, (_, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<void>((resolve) => finish.push(resolve));
    }, timeout === undefined ? {} : { timeout });
  const raw = owner({ f: f(), own: f(50), endless: f(Infinity) });
  raw.say(call(1));
  raw.say({ ...call(2), name: "own" });
  raw.say({ ...call(3), name: "endless" });
  raw.pipe.take();
  raw.clock.turn(50);
  deepEqual(raw.pipe.take().map(({ message, id }) => [message, id]), [[
    "The call of own took longer than 50 ms.",
    2,
  ]]);
  raw.clock.turn(9950);
  deepEqual(raw.pipe.take().map(({ message, id }) => [message, id]), [[
    "The call of f took longer than 10000 ms.",
    1,
  ]]);
  deepEqual(signals.map(({ aborted }) => aborted), [true, true, false]);
  equal(signals[0]!.reason.name, "TimeoutError");
  for (const end of finish) end();
  deepEqual((await answersOf(raw)).map(({ id }) => id), [3]);
});

Deno.test("functions: when the peer is gone, those that run are told so, and answer nobody", async () => {
  const signals: AbortSignal[] = [];
  const raw = owner({
    f: action(anything, (_, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    }),
  });
  for (const id of [1, 2]) raw.say(call(id));
  raw.peer.lost();
  deepEqual(signals.map(({ reason }) => reason.name), ["AbortError", "AbortError"]);
  raw.peer.open(raw.pipe);
  equal((await answersOf(raw)).length, 0);
  equal(raw.clock.waiting, 0);
});

/** A caller, and an end that answers as the test has it. */
function caller(given: Parameters<typeof alone>[0] = {}) {
  const raw = alone(given);
  const ids = () => raw.pipe.take().filter(({ func }) => func === "call").map(({ id }) => id as string);
  const back = (id: unknown, fields: Said = {}) =>
    raw.say({ func: "return", type: "function", name: "f", id, ...fields });
  return { ...raw, ids, back, f: raw.peer.function("f") };
}

const refused = (reason: SyncError["reason"], code?: number) => (error: unknown) =>
  error instanceof SyncError && error.reason === reason && error.code === code;

Deno.test("calls: each gets its own answer, in whatever order they come", async () => {
  const { f, ids, back } = caller(), calls = Array.from({ length: 1000 }, (_, n) => f.call({ n }));
  const sent = ids();
  equal(new Set(sent).size, 1000);
  for (const [n, id] of [...sent.entries()].reverse()) equal(back(id, { value: n }).length, 0);
  deepEqual(await Promise.all(calls), Array.from({ length: 1000 }, (_, n) => n));
});

Deno.test("calls: one is sent as it was when it was made", async () => {
  const { f, peer, pipe, clock } = caller(), args = { n: 1 };
  peer.lost();
  const later = f.call(args);
  args.n = 2;
  peer.open(pipe);
  const sent = pipe.take().find(({ func }) => func === "call")!;
  deepEqual(sent["args"], { n: 1 });
  peer.receive(JSON.stringify({ func: "return", type: "function", name: "f", id: sent["id"] }));
  equal(await later, undefined);
  equal(clock.waiting, 0);
});

Deno.test("calls: a deadline, a signal and a lost line end them, and what comes late is error 6", async () => {
  const { f, ids, back, peer, pipe, clock } = caller(), stop = new AbortController();
  const late = f.call({}), short = f.call({}, { timeout: 10 }), aborted = f.call({}, { signal: stop.signal });
  const endless = f.call({}, { timeout: Infinity }), weeks = f.call({}, { timeout: 2 ** 40 }), sent = ids();
  clock.turn(10);
  await rejects(short, refused("timeout"));
  stop.abort(new Error("enough"));
  await rejects(aborted, /^Error: enough$/);
  clock.turn(29_990);
  await rejects(late, refused("timeout"));
  for (const id of sent.slice(0, 3)) {
    const [answer, ...more] = back(id, { value: 1 });
    deepEqual([answer!["error_code"], answer!["id"], more.length], [6, id, 0]);
  }
  clock.turn(1e9);
  peer.lost();
  await rejects(endless, refused("disconnected"));
  await rejects(weeks, refused("disconnected"));
  await rejects(f.call({}, { signal: AbortSignal.abort(new Error("before")) }), /before/);
  const queued = f.call({});
  pipe.take();
  peer.open(pipe);
  equal(
    pipe.frames.filter(({ func }) => func === "call").length,
    1,
    "what had not gone out goes out, and nothing else",
  );
  peer.close();
  await rejects(queued, refused("disconnected"));
  await rejects(f.call({}), refused("disconnected"));
  await rejects(peer.function("g").call({}), refused("disconnected"));
  equal(clock.waiting, 0);
});

Deno.test("calls: an answer counts once, under its own name, and for a call that was sent", async () => {
  const { f, ids, back, say, peer } = caller({ limits: { syncCalls: 1 } }), g = peer.function("g");
  const first = f.call({}), second = f.call({}), [id] = ids();
  equal(say({ func: "return", type: "function", name: "g", id, value: 1 })[0]!["error_code"], 6);
  equal(back(id, { value: 1 }).filter(({ func }) => func === "error").length, 0);
  equal(back(id, { value: 2 })[0]!["error_code"], 6);
  equal(await first, 1);
  peer.close();
  await rejects(second, refused("disconnected"));
  g[Symbol.dispose]();
});

Deno.test("calls: more than may be out wait, and go out in their order", async () => {
  const { f, ids, back, pipe } = caller({ limits: { syncCalls: 3 } });
  const calls = Array.from({ length: 500 }, (_, n) => f.call({ n })), order: number[] = [];
  let out = pipe.take().filter(({ func }) => func === "call");
  equal(out.length, 3);
  while (out.length > 0) {
    const next: Said[] = [];
    for (const { id, args } of out) {
      order.push((args as { n: number }).n);
      next.push(...back(id, { value: 1 }).filter(({ func }) => func === "call"));
    }
    ok(next.length <= 3);
    out = next;
  }
  deepEqual(order, Array.from({ length: 500 }, (_, n) => n));
  await Promise.all(calls);
  equal(ids().length, 0);
});

Deno.test("calls: many that wait, and are answered as soon as they are sent, are no burden", async () => {
  const { peer, clock } = makePeer({ limits: { syncCalls: 1 } }), f = peer.function("f");
  const calls = Array.from({ length: 4000 }, (_, n) => f.call({ n }));
  peer.open({
    send(text) {
      const { func, id, args } = JSON.parse(text) as Said;
      if (func !== "call") return;
      peer.receive(
        JSON.stringify({ func: "return", type: "function", name: "f", id, value: (args as Said)["n"] }),
      );
    },
    isBehind: () => false,
    close() {},
  });
  deepEqual(await Promise.all(calls), calls.map((_, n) => n));
  deepEqual([clock.waiting, peer.isInterested], [0, false]);
});

Deno.test("calls: a thousand never answered end at their deadline, and leave nothing behind", async () => {
  const { f, ids, back, peer, clock } = caller();
  const calls = Array.from({ length: 1500 }, () => f.call({}).catch((error) => error as SyncError)),
    sent = ids();
  equal(sent.length, 1024);
  equal(peer.isInterested, true);
  clock.turn(30_000);
  for (const error of await Promise.all(calls)) equal((error as SyncError).reason, "timeout");
  deepEqual([clock.waiting, peer.isInterested], [0, false]);
  equal(back(sent[0])[0]!["error_code"], 6);
  const again = f.call({}), [id] = ids();
  back(id, { value: "here" });
  equal(await again, "here");
});

Deno.test("calls: a result that the schema refuses rejects, at once or later", async () => {
  const { peer, ids, pipe, clock } = caller();
  const text = peer.function("t", { output: z.string() });
  const slow = peer.function("s", { output: z.string().refine((text) => Promise.resolve(text !== "no")) });
  const say = (name: string, id: unknown, value: unknown) =>
    peer.receive(JSON.stringify({ func: "return", type: "function", name, id, value }));
  for (const value of [1, null, {}, undefined, ["x"]]) {
    const wrong = text.call({}), [id] = ids();
    say("t", id, value);
    await rejects(wrong, refused("invalid"));
    equal(pipe.texts.length, 0, "that is nobody's error but ours");
  }
  for (const [value, isRight] of [["yes", true], ["no", false]] as const) {
    const call = slow.call({}), [id] = ids();
    say("s", id, value);
    say("s", id, value);
    equal(pipe.take()[0]!["error_code"], 6, "once is enough");
    if (isRight) equal(await call, "yes");
    else await rejects(call, refused("invalid"));
  }
  const huge = text.call({}), [id] = ids();
  say("t", id, "x".repeat(1_000_000));
  equal((await huge as string).length, 1_000_000);
  equal(clock.waiting, 0);
});

Deno.test("calls: an answer that is too deep is no answer", async () => {
  const { f, ids, sayText, clock } = caller(), call = f.call({}), [id] = ids();
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const [answer] = sayText(`{"func":"return","type":"function","name":"f","id":"${id}","value":${deep}}`);
  equal(JSON.parse(answer!).error_code, 8);
  clock.turn(30_000);
  await rejects(call, refused("timeout"));
});

Deno.test("calls: what cannot be sent rejects, and holds up nobody", async () => {
  const { peer, clock } = makePeer(), f = peer.function("f");
  const calls = Array.from(
    { length: 20_000 },
    () => f.call({ n: 10n } as never).catch((error) => error as SyncError),
  );
  for (const error of await Promise.all(calls)) equal((error as SyncError).reason, "invalid");
  equal(clock.waiting, 0);
});

Deno.test("calls: an error about one call is that one's, and one about a function is all of its", async () => {
  const { f, ids, say, peer } = caller(), g = peer.function("g");
  const calls = [f.call({}), f.call({}), g.call({})], [a, b, c] = ids();
  say({ func: "error", error_code: "5", message: "no", id: a });
  await rejects(calls[0]!, refused("refused", 5));
  say({ func: "error", error_code: 3, message: "f is not registered.", type: "function", name: "f" });
  await rejects(calls[1]!, refused("refused", 3));
  equal(say({ func: "error", error_code: 3, id: b }).length, 0);
  say({ func: "return", type: "function", name: "g", id: c, value: 1 });
  equal(await calls[2], 1);
});

Deno.test("calls: a function that was disposed of is told so, and its calls are over", async () => {
  const { f, peer, pipe } = caller(), waiting = f.call({});
  pipe.take();
  f[Symbol.dispose]();
  f[Symbol.dispose]();
  await rejects(waiting, refused("disconnected"));
  deepEqual(pipe.take(), [{ func: "unsubscribe", type: "function", name: "f" }]);
  const again = peer.function("f");
  ok(again !== f);
  deepEqual(pipe.take(), [{ func: "subscribe", type: "function", name: "f" }]);
});

Deno.test("calls: a thousand at once, through both ends, answered in any order", async () => {
  const clock = new FakeClock(), waiting: (() => void)[] = [];
  const f = action(
    z.object({ n: z.number() }),
    ({ n }) => n % 2 === 0 ? n : new Promise<number>((resolve) => waiting.push(() => resolve(n))),
  );
  const owner = makePeer({ clock, shared: { f } as Groups }), other = makePeer({ clock });
  const link = new Link(owner.peer, other.peer), remote = other.peer.function("f");
  const done: unknown[] = [];
  const calls = Array.from({ length: 1000 }, (_, n) => remote.call({ n }).then((value) => done.push(value)));
  await link.settle();
  equal(done.length, 500, "the quick ones do not wait for the slow");
  for (const resolve of waiting.toReversed()) resolve();
  await link.settle();
  await Promise.all(calls);
  deepEqual(done.slice(0, 500).concat(done.slice(500).toReversed()), [
    ...Array.from({ length: 500 }, (_, n) => 2 * n),
    ...Array.from({ length: 500 }, (_, n) => 2 * n + 1),
  ]);
  deepEqual([owner.failures, other.failures, clock.waiting], [[], [], 0]);
});
