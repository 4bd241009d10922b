import assert from "node:assert/strict";
import type { ConnectEventsOptions, EventIssue, EventsClient } from "@argyle/argyle/client";
import { connectEvents, EventsError } from "@argyle/argyle/client";
import { Events, MOST_KEPT } from "../../client/events_client.ts";
import { Out, Waiting } from "../../client/events_questions.ts";
import { Most } from "../../client/sync_pace.ts";
import { defaultLimits } from "../../protocol/limits.ts";
import fc from "fast-check";
import { FakeSyncEnvironment, settled } from "./sync_fakes.ts";

/** A client whose sockets are fakes. */
function setUp(options: ConnectEventsOptions = {}, env = new FakeSyncEnvironment()) {
  const client = new Events("/room/lobby/7", options, env) as EventsClient;
  function online() {
    env.socket.open();
    return env.socket;
  }
  return { env, client, online };
}

/** Nothing runs, listens or is open any more. */
function assertGone(env: FakeSyncEnvironment): void {
  assert.equal(env.clock.waiting, 0);
  assert.deepEqual(env.listeners, []);
  assert.ok(env.sockets.every(({ onopen, onmessage, onclose }) => !(onopen || onmessage || onclose)));
  const before = env.sockets.length;
  env.clock.turn(600_000);
  assert.equal(env.sockets.length, before);
}

/** Listeners that a signal has now. */
function counted(signal: AbortSignal): () => number {
  let count = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    count++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    count--;
    removeEventListener.apply(signal, args);
  };
  return () => count;
}

/** Runs with what is said on the console. */
async function withConsole(run: (said: unknown[][]) => unknown): Promise<void> {
  const real = Reflect.get(console, "error"), said: unknown[][] = [];
  Reflect.set(console, "error", (...args: unknown[]) => said.push(args));
  try {
    await run(said);
  } finally {
    Reflect.set(console, "error", real);
  }
}

/** How a promise ends, by the reason of its error. */
function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then((value) => value, (error) => error instanceof EventsError ? error.reason : error);
}

/** All of an iterable, and how it ends. */
async function allOf(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  try {
    for await (const item of items) all.push(item);
  } catch (error) {
    all.push(error instanceof EventsError ? error.reason : error);
  }
  return all;
}

Deno.test("connectEvents: it connects to the page's server, with the protocols and headers that it is given", () => {
  const { env, client } = setUp({ protocols: "one", headers: { authorization: "Bearer 1" } });
  assert.equal(env.socket.url, "wss://shop.test/room/lobby/7");
  assert.deepEqual(env.socket.handshake, { protocols: ["one"], headers: { authorization: "Bearer 1" } });
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: a message is sent with an id that counts up, and its answer is what is beside the envelope", async () => {
  const { env, client, online } = setUp();
  const socket = online();
  const first = client.send("time", { zone: "UTC" }), second = client.send("leave");
  assert.deepEqual(socket.take(), [{ type: "time", zone: "UTC", id: 1 }, { type: "leave", id: 2 }]);
  socket.say({ type: "leave", id: 2 });
  socket.say({ type: "other", id: 1, now: "12:00", errors: [] });
  assert.deepEqual([await first, await second], [{ now: "12:00", errors: [] }, {}]);
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: the envelope is the client's, whatever the data say", () => {
  const { client, online } = setUp();
  const socket = online();
  void client.send("message", { type: "time", id: 9, msg: "a", gone: undefined });
  client.notify("message", { type: "time", id: 9, msg: "b" });
  assert.deepEqual(socket.take(), [{ type: "message", id: 1, msg: "a" }, {
    type: "message",
    id: 2,
    msg: "b",
  }]);
  client.close();
});

Deno.test("connectEvents: errors of the server reject the message that they are for, all of them at once", async () => {
  const { client, online } = setUp();
  const socket = online(), answer = client.send("message", { msg: 5 }), other = client.send("time");
  const errors: EventIssue[] = [
    { loc: ["msg"], msg: "Expected a text", type: "type_error.string" },
    { loc: ["to", 0], msg: "field required", type: "value_error.missing", ctx: { a: 1 } },
    { loc: [], msg: "Later, please.", type: "http_error" },
  ];
  socket.say({ errors, id: 1 });
  socket.say({ type: "time", id: 2 });
  await assert.rejects(answer, (error) => {
    assert.ok(error instanceof EventsError);
    assert.deepEqual([error.name, error.reason, error.errors], ["EventsError", "refused", errors]);
    assert.equal(
      error.message,
      "The server has refused it: msg: Expected a text; to: 0: field required; Later, please.",
    );
    return true;
  });
  assert.deepEqual(await other, {});
  client.close();
});

Deno.test("connectEvents: errors that are for no message are told, on the console where nobody says where", async () => {
  const told: unknown[] = [], error = { loc: [], msg: "too fast", type: "value_error.rate" };
  const { client, online } = setUp({ onErrors: (errors) => told.push(errors) });
  online().say({ errors: [error] });
  assert.deepEqual(told, [[error]]);
  client.close();
  await withConsole((said) => {
    const { client, online } = setUp();
    online().say({ errors: [error] });
    assert.deepEqual(said, [["Events:", [error]]]);
    client.close();
    const wrong = new Error("not mine"),
      throwing = setUp({
        onErrors() {
          throw wrong;
        },
      });
    throwing.online().say({ errors: [error] });
    assert.deepEqual(said[1], ["Events:", wrong]);
    assert.equal(throwing.env.socket.closed, undefined);
    throwing.client.close();
  });
});

Deno.test("connectEvents: what the server sends by itself comes to those who listen to it, without the envelope", () => {
  const { env, client, online } = setUp();
  const socket = online(), seen: unknown[] = [];
  const leave = client.on("message", (data) => seen.push(["first", data]));
  using _second = client.on("message", (data) => seen.push(["second", data]));
  socket.say({ type: "message", msg: "a", errors: ["none of the protocol's"] });
  leave();
  leave();
  socket.say({ type: "join", client_id: 7 });
  socket.say({ type: "message", msg: "b" });
  assert.deepEqual(seen, [
    ["first", { msg: "a", errors: ["none of the protocol's"] }],
    ["second", { msg: "a", errors: ["none of the protocol's"] }],
    ["second", { msg: "b" }],
  ]);
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: a listener that throws harms no other, nor the line", async () => {
  await withConsole((said) => {
    const { client, online } = setUp();
    const socket = online(), seen: unknown[] = [], error = new Error("mine");
    client.on("message", () => {
      throw error;
    });
    client.on("message", (data) => seen.push(data));
    socket.say({ type: "message", n: 1 });
    socket.say({ type: "message", n: 2 });
    assert.deepEqual(seen, [{ n: 1 }, { n: 2 }]);
    assert.deepEqual(said, [["Events:", error], ["Events:", error]]);
    client.close();
  });
});

Deno.test("connectEvents: a loop gives all that the server sends by itself, over lost lines too, and ends with the client", async () => {
  const { env, client, online } = setUp();
  const all = allOf(client), others = allOf(client);
  void client.send("time");
  online().say({ type: "join", client_id: 7 });
  env.socket.say({ type: "time", id: 1, now: 1 }); // an answer is no message of its own
  await settled();
  env.socket.fail(1006);
  env.nextAttempt();
  online().say({ type: "message", msg: "a" });
  env.socket.say({ type: "message", msg: "b" });
  client.close();
  const expected = [{ type: "join", client_id: 7 }, { type: "message", msg: "a" }, {
    type: "message",
    msg: "b",
  }];
  assert.deepEqual([await all, await others, await allOf(client)], [expected, expected, []]);
  assert.equal(client.missed, 0);
  assertGone(env);
});

Deno.test("connectEvents: a loop that is too slow has the newest thousand, and it is told how many it has missed", async () => {
  const { client, online } = setUp();
  const socket = online(), slow = client[Symbol.asyncIterator](), quick = client[Symbol.asyncIterator]();
  let told = 0;
  client.watch(() => told++);
  for (let n = 0; n < MOST_KEPT; n++) socket.say({ type: "message", n });
  for (let n = 0; n < MOST_KEPT; n++) await quick.next();
  assert.deepEqual([client.missed, told], [0, 0]);
  for (let n = MOST_KEPT; n < MOST_KEPT + 5; n++) socket.say({ type: "message", n });
  assert.deepEqual([client.missed, told], [5, 5]);
  client.close();
  const kept = await allOf(slow), last = await allOf(quick);
  assert.equal(kept.length, MOST_KEPT);
  assert.deepEqual([kept[0], kept.at(-1)], [{ type: "message", n: 5 }, { type: "message", n: 1004 }]);
  assert.equal(last.length, 5);
});

Deno.test("connectEvents: whoever leaves a loop, or waits in it from two places, is not kept waiting", async () => {
  const { client, online } = setUp();
  const socket = online(), loop = client[Symbol.asyncIterator]();
  const first = loop.next(), second = loop.next();
  socket.say({ type: "a" });
  assert.deepEqual(await first, { value: { type: "a" }, done: false });
  assert.deepEqual(await loop.return?.(), { value: undefined, done: true });
  assert.deepEqual(await second, { value: undefined, done: true });
  for (let n = 0; n < 2 * MOST_KEPT; n++) socket.say({ type: "message", n });
  assert.deepEqual([client.missed, await loop.next()], [0, { value: undefined, done: true }]);
  const other = client[Symbol.asyncIterator]();
  for (let n = 0; n < 2; n++) socket.say({ type: "a" });
  assert.deepEqual(await other.return?.(), { value: undefined, done: true });
  assert.deepEqual(
    await other.next(),
    { value: undefined, done: true },
    "what it has left, it does not have",
  );
  client.close();
});

Deno.test("connectEvents: a stream gives what its handler gives, and ends with it", async () => {
  const { env, client, online } = setUp();
  const socket = online(),
    rows = allOf(client.stream("rows", { of: "tea" })),
    other = allOf(client.stream("rows"));
  assert.deepEqual(socket.take(), [{ type: "rows", of: "tea", id: 1 }, { type: "rows", id: 2 }]);
  socket.say({ type: "rows", id: 1, n: 1 });
  socket.say({ type: "rows", id: 2, n: 9 });
  socket.say({ type: "row", id: 1, n: 2, end: true }); // more than an end
  socket.say({ type: "rows", id: 1, end: true });
  socket.say({ type: "rows", id: 1, n: 3 }); // nobody's
  socket.say({ errors: [{ loc: [], msg: "Gone.", type: "server_error" }], id: 2 });
  assert.deepEqual([await rows, await other], [[{ n: 1 }, { n: 2, end: true }], [{ n: 9 }, "refused"]]);
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: a stream that is left is not listened to any more, and one that is lost says so", async () => {
  const { env, client, online } = setUp();
  const socket = online();
  for await (const row of given(client.stream("rows"), () => socket.say({ type: "rows", id: 1, n: 1 }))) {
    assert.deepEqual(row, { n: 1 });
    break;
  }
  socket.say({ type: "rows", id: 1, n: 2 });
  const lost = client.stream("rows");
  socket.say({ type: "rows", id: 2, n: 1 });
  socket.fail(1006);
  assert.deepEqual(await allOf(lost), [{ n: 1 }, "disconnected"]);
  assert.deepEqual(await allOf(lost), []);
  client.close();
  assertGone(env);

  function given<T>(items: T, act: () => void): T {
    act();
    return items;
  }
});

Deno.test("connectEvents: a stream of which nobody reads is given up at a thousand, and no error is lost or unhandled", async () => {
  const { client, online } = setUp();
  const socket = online(), rows = client.stream("rows");
  for (let n = 0; n <= MOST_KEPT; n++) socket.say({ type: "rows", id: 1, n });
  await settled();
  const all = await allOf(rows);
  assert.equal(all.length, MOST_KEPT + 1);
  assert.equal(all.at(-1), "full");
  client.stream("rows");
  socket.fail(1006);
  await settled();
  client.close();
});

Deno.test("connectEvents: a stream has time until its first message and between two, where it is given some", async () => {
  const { env, client, online } = setUp();
  const socket = online(), rows = allOf(client.stream("rows", {}, { timeout: 1000 }));
  const patient = allOf(client.stream("rows"));
  for (let n = 0; n < 3; n++) {
    env.clock.turn(999);
    socket.say({ type: "rows", id: 1, n });
  }
  env.clock.turn(1000);
  assert.deepEqual(await rows, [{ n: 0 }, { n: 1 }, { n: 2 }, "timeout"]);
  for (let n = 0; n < 20; n++) {
    env.clock.turn(20_000);
    socket.say({ type: "other" });
  }
  socket.say({ type: "rows", id: 2, end: true });
  assert.deepEqual(await patient, []);
  client.close();
});

Deno.test("connectEvents: what is sent without a line goes out when there is one, in its order", async () => {
  const { env, client, online } = setUp();
  const outcomes = [client.send("a"), client.send("b", { n: 1 })];
  client.notify("c");
  const socket = online();
  assert.deepEqual(socket.take(), [{ type: "a", id: 1 }, { type: "b", n: 1, id: 2 }, { type: "c", id: 3 }]);
  socket.fail(1006);
  client.notify("d");
  const later = client.send("e");
  env.nextAttempt();
  assert.deepEqual(online().take(), [{ type: "d", id: 4 }, { type: "e", id: 5 }]);
  env.socket.say({ type: "e", id: 5 });
  assert.deepEqual(await Promise.all([...outcomes, later].map(reasonOf)), [
    "disconnected",
    "disconnected",
    {},
  ]);
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: what has not left when the line is lost leaves over the next, and nothing twice", async () => {
  const { env, client, online } = setUp();
  const first = online(), outcomes: Promise<unknown>[] = [];
  for (let n = 0; n < 2 * Out.messages; n++) outcomes.push(reasonOf(client.send("m", { n })));
  assert.equal(first.sent.length, Out.messages);
  first.fail(1006);
  env.nextAttempt();
  const second = online();
  const numbers = [...first.take(), ...second.take()].map(({ n }) => n);
  assert.deepEqual(numbers, Array.from({ length: 2 * Out.messages }, (_, n) => n));
  for (let id = Out.messages + 1; id <= 2 * Out.messages; id++) second.say({ type: "m", id });
  const all = await Promise.all(outcomes);
  assert.ok(all.slice(0, Out.messages).every((outcome) => outcome === "disconnected"));
  assert.ok(all.slice(Out.messages).every((outcome) => typeof outcome === "object"));
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: a thousand wait for a line, ten thousand on one, and one more is full", async () => {
  const { env, client, online } = setUp();
  for (let n = 0; n < Waiting.offline - 1; n++) client.notify("m", { n });
  const last = client.send("m");
  assert.equal(await reasonOf(client.send("m")), "full");
  assert.throws(() => client.notify("m"), { name: "EventsError", reason: "full" });
  assert.deepEqual(await allOf(client.stream("m")), ["full"]);
  const socket = online();
  for (let n = Waiting.offline - Out.messages; n < Waiting.online; n++) client.notify("m");
  assert.equal(await reasonOf(client.send("m")), "full");
  socket.say({ type: "m", id: 1 });
  const next = client.send("m");
  client.close();
  assert.deepEqual([await reasonOf(last), await reasonOf(next)], ["disconnected", "disconnected"]);
  assertGone(env);
});

Deno.test("connectEvents: its limits are within those of a server that has said no others", () => {
  const { eventsPending, frame } = defaultLimits;
  assert.equal(Out.messages, Math.floor(eventsPending * 4 / 5));
  assert.ok(Out.letters <= 16 * frame * 4 / 5 && Out.letters > frame); // sixteen of the largest, as its inbox has it
});

Deno.test("connectEvents: no more is unanswered than a server lets wait, in messages and in letters", () => {
  assert.deepEqual([Waiting.offline, MOST_KEPT], [1000, 1000]);
  const { env, client, online } = setUp();
  const socket = online();
  for (let n = 0; n < 300; n++) client.notify("m", { n });
  assert.equal(socket.sent.length, Out.messages);
  socket.say({ type: "m", id: 5 });
  socket.say({ errors: [], id: 6 });
  assert.equal(socket.sent.length, Out.messages + 2);
  client.close();
  assert.equal(
    socket.sent.length,
    Out.messages + 2,
    "what is given up makes no room for what is given up too",
  );
  const other = setUp(), text = "x".repeat(60_000);
  const second = other.online();
  for (let n = 0; n < 20; n++) other.client.notify("m", { text });
  const { length } = second.take();
  assert.equal(length, Math.floor(Out.letters / 60_030));
  for (let id = 1; id <= length; id++) second.say({ type: "m", id });
  assert.equal(second.take().length, 20 - length);
  for (let id = length + 1; id <= 20; id++) second.say({ type: "m", id });
  const controller = new AbortController(), { signal } = controller;
  for (let n = 0; n < 20; n++) void other.client.send("m", { text }, n < length ? {} : { signal });
  controller.abort(); // those that wait
  for (let n = 0; n < 20; n++) other.client.notify("m", { text });
  assert.equal(second.take().length, length, "what was never sent has taken no room");
  other.client.close();
  assertGone(env);
  assertGone(other.env);
});

Deno.test("connectEvents: it sends no faster than a server takes, nor than the network does", () => {
  const { env, client, online } = setUp();
  const socket = online();
  let answered = 0, sent = 0;
  /** Answers all, until nothing more comes at this moment. */
  function answer(): void {
    for (let all = socket.take(); all.length > 0; all = socket.take()) {
      sent += all.length;
      for (const { id, n } of all) assert.equal(n, answered++), socket.say({ type: "m", id });
    }
  }
  for (let n = 0; n < Most.burst + 1000; n++) client.notify("m", { n });
  answer();
  assert.equal(sent, Most.burst);
  for (let ms = 0; ms < 1000; ms += 25) env.clock.turn(25), answer();
  assert.equal(sent, Most.burst + Most.rate);
  socket.bufferedAmount = Most.watermark + 1;
  env.clock.turn(9_000);
  answer();
  assert.equal(sent, Most.burst + Most.rate);
  const { waiting } = env.clock;
  for (let n = 0; n < 10; n++) client.notify("m", { n: Most.burst + 1000 + n });
  assert.equal(env.clock.waiting, waiting, "one look, however many wait");
  socket.bufferedAmount = 0;
  env.clock.turn(25);
  answer();
  assert.equal(sent, Most.burst + 1010);
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: what nobody waits for waits for a line as long as it takes, and then its time counts", () => {
  const { env, client, online } = setUp();
  client.notify("m");
  env.clock.turn(600_000);
  const socket = online();
  assert.equal(socket.take().length, 1);
  for (let n = 0; n < Out.messages; n++) client.notify("m", { n });
  assert.equal(socket.take().length, Out.messages - 1);
  env.clock.turn(29_999);
  assert.equal(socket.take().length, 0);
  env.clock.turn(1); // a server that does not answer holds nothing up for ever
  assert.equal(socket.take().filter(({ type }) => type === "m").length, 1);
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: what is wrong with a message for whose answer nobody waits is told", () => {
  const told: unknown[] = [], error = { loc: ["msg"], msg: "field required", type: "value_error.missing" };
  const { client, online } = setUp({ onErrors: (errors) => told.push(errors) });
  client.notify("m");
  client.notify("m");
  online().say({ errors: [error], id: 1 });
  client.close();
  assert.deepEqual(told, [[error]]);
});

Deno.test("connectEvents: a message is given up in time, and what was not sent never is", async () => {
  const { env, client, online } = setUp();
  const usual = client.send("usual"), quick = client.send("quick", {}, { timeout: 500 });
  const { waiting } = env.clock;
  const patient = client.send("patient", {}, { timeout: Infinity });
  assert.equal(env.clock.waiting, waiting, "a timer cannot be set to it");
  env.clock.turn(499);
  env.clock.turn(1);
  await assert.rejects(quick, { reason: "timeout", message: "quick was not answered within 500 ms." });
  const socket = online();
  assert.deepEqual(socket.take().map(({ type }) => type), ["usual", "patient"]);
  env.clock.turn(15_000);
  socket.say({ type: "join" });
  env.clock.turn(14_499);
  socket.say({ type: "join" });
  env.clock.turn(1);
  assert.equal(await reasonOf(usual), "timeout");
  socket.say({ type: "usual", id: 1, late: true }); // nobody waits for it
  socket.say({ errors: [], id: 2 });
  for (let n = 0; n < 100; n++) {
    env.clock.turn(20_000);
    socket.say({ type: "join" });
  }
  socket.say({ type: "patient", id: 3, at: "last" });
  assert.deepEqual(await patient, { at: "last" });
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: whoever gives up hears their own reason, and leaves nothing", async () => {
  const { env, client, online } = setUp(), controller = new AbortController(), { signal } = controller;
  const count = counted(signal), reason = new Error("enough");
  const unsent = client.send("a", {}, { signal }), rows = allOf(client.stream("rows", {}, { signal }));
  const socket = online();
  assert.equal(socket.take().length, 2);
  const done = client.send("b", {}, { signal });
  socket.say({ type: "b", id: 3 });
  await done;
  assert.equal(count(), 2);
  controller.abort(reason);
  assert.equal(count(), 0);
  await assert.rejects(unsent, reason);
  assert.deepEqual(await rows, [reason]);
  await assert.rejects(client.send("c", {}, { signal: AbortSignal.abort(reason) }), reason);
  assert.deepEqual(socket.take().map(({ type }) => type), ["b"]);
  assert.equal(count(), 0);
  client.close();
  assertGone(env);
});

Deno.test("connectEvents: what cannot be sent is invalid, and the line lives", async () => {
  const { client, online } = setUp();
  const socket = online(), round: Record<string, unknown> = {};
  round["round"] = round;
  const none = '{"type":"m","id":1,"msg":""}'.length;
  await assert.rejects(client.send("m", { n: 1n }), {
    reason: "invalid",
    message: /^Cannot send m: .*BigInt/,
  });
  await assert.rejects(client.send("m", round), { reason: "invalid" });
  await assert.rejects(client.send("m", { msg: "€".repeat(Most.frame / 3) }), {
    reason: "invalid",
    message: "Cannot send m: a message has at most 65536 bytes.",
  });
  assert.throws(() => client.notify("m", { n: 1n }), { reason: "invalid" });
  assert.deepEqual(socket.take(), []);
  void client.send("m", { msg: "x".repeat(Most.frame - none) });
  assert.equal(socket.take().length, 1);
  client.close();
});

Deno.test("connectEvents: a failure that nobody waits for is no unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const hear = (event: PromiseRejectionEvent) => unhandled.push(event.reason);
  addEventListener("unhandledrejection", hear);
  try {
    const { client, online } = setUp();
    client.send("m");
    client.send("m", { n: 1n });
    client.stream("m");
    online().fail(1006);
    client.send("m", {}, { signal: AbortSignal.abort() });
    client.close();
    client.send("m");
    await settled();
    assert.deepEqual(unhandled, []);
  } finally {
    removeEventListener("unhandledrejection", hear);
  }
});

Deno.test("connectEvents: its status says how the line is, and what the server said last", () => {
  const { env, client, online } = setUp(), seen: unknown[] = [];
  client.watch(() => seen.push([client.status, client.lastClose]));
  assert.equal(client.status, "connecting");
  env.socket.fail(1006); // it never was there
  assert.equal(client.status, "connecting");
  env.nextAttempt();
  online().fail(4000, "Enough.");
  env.nextAttempt();
  online();
  client.close();
  const said = { code: 4000, reason: "Enough." };
  assert.deepEqual(seen, [["online", undefined], ["offline", said], ["online", said], ["closed", {
    code: 0,
    reason: "",
  }]]);
  assertGone(env);
});

Deno.test("connectEvents: a silent line is asked by what every server answers, and the answer is nobody's business", async () => {
  await withConsole((said) => {
    const { env, client, online } = setUp({ onErrors: () => assert.fail("nobody's") });
    const socket = online();
    void client.send("m", {}, { timeout: Infinity });
    socket.take();
    env.clock.turn(30_000);
    assert.deepEqual(socket.take(), [{ type: "", id: 0 }]);
    socket.say({ errors: [{ loc: ["type"], msg: "unexpected value", type: "value_error.const" }], id: 0 });
    env.clock.turn(20_000);
    assert.deepEqual([socket.closed, client.status, said], [undefined, "online", []]);
    env.clock.turn(20_000);
    assert.equal(client.status, "offline");
    client.close();
    assertGone(env);
  });
});

Deno.test("connectEvents: closed in whatever state and by whatever means, nothing is left", async () => {
  const states: Record<string, (set: ReturnType<typeof setUp>) => void> = {
    connecting: () => {},
    open: ({ online }) => void online(),
    behind: ({ online, client }) => {
      online();
      for (let n = 0; n < 900; n++) client.notify("m");
    },
    lost: ({ online }) => online().fail(1006),
    asleep: ({ env, online }) => (online(), env.tell("pagehide")),
    probing: ({ env, online }) => (online(), env.tell("online")),
  };
  for (const [name, bring] of Object.entries(states)) {
    for (const means of ["close", "using", "signal"]) {
      const controller = new AbortController(), count = counted(controller.signal);
      const set = setUp({ signal: controller.signal }), { env, client } = set;
      const outcomes = [reasonOf(client.send("m")), allOf(client.stream("m")), allOf(client)];
      bring(set);
      if (means === "close") client.close();
      if (means === "using") client[Symbol.dispose]();
      if (means === "signal") controller.abort();
      client.close();
      assert.equal(count(), 0, name);
      assert.deepEqual(await Promise.all(outcomes), ["disconnected", ["disconnected"], []], name);
      assert.equal(client.status, "closed");
      assert.equal(await reasonOf(client.send("m")), "disconnected");
      assert.throws(() => client.notify("m"), { reason: "disconnected", message: "The client is closed." });
      assert.deepEqual(await allOf(client.stream("m")), ["disconnected"]);
      assertGone(env);
    }
  }
});

Deno.test("connectEvents: with a signal that is aborted already, no socket is opened", async () => {
  const { env, client } = setUp({ signal: AbortSignal.abort() });
  assert.deepEqual([env.sockets.length, client.status], [0, "closed"]);
  assert.equal(await reasonOf(client.send("m")), "disconnected");
  assertGone(env);
});

Deno.test("connectEvents: closed by whoever hears something over the line, it hears no more", () => {
  const { env, client, online } = setUp(), seen: unknown[] = [];
  client.on("message", (data) => {
    seen.push(data);
    client.close();
  });
  const socket = online();
  socket.say({ type: "message", n: 1 });
  socket.say({ type: "message", n: 2 });
  assert.deepEqual(seen, [{ n: 1 }]);
  assertGone(env);
});

Deno.test("connectEvents: closed by whoever watches it, nothing is left", () => {
  for (const status of ["online", "offline", "closed"]) {
    const { env, client, online } = setUp();
    client.watch(() => client.status === status && client.close());
    void client.send("m");
    const socket = online();
    socket.fail(1006);
    client.close();
    assertGone(env);
  }
});

Deno.test("connectEvents: what is no message is told, and harms nothing", async () => {
  await withConsole(async (said) => {
    const { client, online } = setUp();
    const socket = online(), answer = client.send("m"), seen: unknown[] = [];
    client.on("__proto__", (data) => seen.push(data));
    const frames = [
      "",
      "{",
      "null",
      "5",
      "[]",
      "{}",
      '{"id":1}',
      '{"type":5,"id":1}',
      '{"errors":5}',
      "\u0000",
    ];
    for (const data of [...frames, new ArrayBuffer(2)]) socket.onmessage?.({ data });
    assert.equal(said.length, frames.length + 1);
    for (
      const text of ['{"errors":[null,5,{}],"id":"1"}', '{"type":"m","id":null}', '{"type":"m","id":{}}']
    ) {
      socket.onmessage?.({ data: text });
    }
    assert.equal(said.length, frames.length + 1);
    socket.onmessage?.({ data: '{"type":"__proto__","__proto__":{"polluted":1}}' });
    assert.equal(Reflect.get({}, "polluted"), undefined);
    assert.equal(Reflect.get(seen[0] as object, "polluted"), undefined);
    socket.onmessage?.({ data: '{"errors":[null,5,{"loc":7}],"id":1}' });
    assert.equal(await reasonOf(answer), "refused");
    assert.deepEqual([socket.closed, client.status], [undefined, "online"]);
    client.close();
  });
});

Deno.test("connectEvents: what is wrong is said at once, and nothing is left", () => {
  assert.throws(() => connectEvents("ftp://shop.test/"), TypeError);
  const env = new FakeSyncEnvironment();
  env.base = undefined;
  assert.throws(() => setUp({}, env), TypeError);
  env.base = "https://shop.test/";
  env.refusal = new TypeError("no headers");
  const { signal } = new AbortController(), count = counted(signal);
  assert.throws(() => setUp({ signal, headers: {} }, env), env.refusal);
  assert.equal(count(), 0);
  assertGone(env);
});

/** Things that happen to a client. */
const event = fc.oneof(
  fc.constantFrom(
    "open",
    "send",
    "notify",
    "stream",
    "answer",
    "end",
    "refuse",
    "push",
    "pagehide",
    "online",
  ),
  fc.record({ fail: fc.constantFrom(1000, 1006, 1008, 1012) }),
  fc.record({ turn: fc.constantFrom(0, 25, 1000, 10_000, 30_000) }),
);

Deno.test("connectEvents: whatever happens, each message is sent once at most and in order, and each promise ends once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 50 }), async (events) => {
      const { env, client } = setUp();
      const outcomes: Promise<unknown>[] = [], opened = new Set<unknown>(), open = new Map<number, string>();
      let n = 0, asked = 0;
      for (const what of events) {
        const { socket } = env, id = [...open.keys()][0];
        if (typeof what !== "string") {
          if ("fail" in what) socket.fail(what.fail);
          else env.clock.turn(what.turn);
        } else if (what === "open") {
          if (socket.onopen && !opened.has(socket)) opened.add(socket), socket.open();
        } else if (what === "send") {
          open.set(++asked, "send"), outcomes.push(reasonOf(client.send("send", { n: n++ })));
        } else if (what === "stream") {
          open.set(++asked, "stream"), outcomes.push(allOf(client.stream("stream", { n: n++ })));
        } else if (what === "notify") client.notify("notify", { n: n++ });
        else if (what === "push") socket.say({ type: "push" });
        else if (id !== undefined && what === "answer") socket.say({ type: open.get(id), id });
        else if (id !== undefined && what === "end") {
          open.delete(id), socket.say({ type: "stream", id, end: true });
        } else if (id !== undefined && what === "refuse") open.delete(id), socket.say({ errors: [], id });
        else env.tell(what);
      }
      client.close();
      const sent = env.sockets.flatMap((socket) => socket.take()).filter(({ type }) => type !== "");
      const numbers = sent.map(({ n }) => n as number);
      assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b));
      const ended = await Promise.all(outcomes);
      assert.equal(ended.length, asked);
      assertGone(env);
    }),
    { numRuns: 300 },
  );
});
