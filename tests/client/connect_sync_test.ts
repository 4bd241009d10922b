import assert from "node:assert/strict";
import { connectSync, type ConnectSyncOptions } from "../../client/connect_sync.ts";
import { peerLimits, syncPeer } from "../../client/sync_peer.ts";
import { Most } from "../../client/sync_pace.ts";
import { defaultLimits } from "../../protocol/limits.ts";
import { action, list, variable } from "@argyle/argyle/socksync";
import { z } from "zod";
import { FakeSyncEnvironment, settled } from "./sync_fakes.ts";

const groups = {
  stock: variable(0),
  names: list(["a"]),
  double: action(z.object({ n: z.number() }), ({ n }) => 2 * n),
};

/** A peer whose sockets are fakes. */
function setUp(options: ConnectSyncOptions = {}, env = new FakeSyncEnvironment()) {
  const peer = syncPeer<typeof groups>("/ws/socksync", options, env);
  function online() {
    env.socket.open();
    return env.socket;
  }
  return { env, peer, online };
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

Deno.test("connectSync: it connects to the page's server, with the protocols and headers that it is given", () => {
  const { env, peer } = setUp({ protocols: "one", headers: { authorization: "Bearer 1" } });
  assert.equal(env.socket.url, "wss://shop.test/ws/socksync");
  assert.deepEqual(env.socket.handshake, { protocols: ["one"], headers: { authorization: "Bearer 1" } });
  peer.close();
  const other = setUp({ protocols: ["one", "two"] });
  assert.deepEqual(other.env.socket.handshake, { protocols: ["one", "two"], headers: undefined });
  other.peer.close();
});

Deno.test("connectSync: a variable is asked for, goes stale with the line, and is asked for anew", () => {
  const { env, peer, online } = setUp();
  const stock = peer.variable("stock"), seen: unknown[] = [];
  stock.watch(() => seen.push([stock.status, stock.value]));
  const asked = [{ func: "subscribe", type: "var", name: "stock" }, {
    func: "get",
    type: "var",
    name: "stock",
  }];
  assert.equal(peer.isOpen, false);
  assert.deepEqual(online().take(), asked);
  assert.equal(peer.isOpen, true);
  env.socket.say({ func: "set", type: "var", name: "stock", value: 3 });
  env.socket.fail(1006);
  assert.equal(peer.isOpen, false);
  env.nextAttempt();
  assert.deepEqual(online().take(), asked);
  env.socket.say({ func: "set", type: "var", name: "stock", value: 4 });
  assert.deepEqual(seen, [["fresh", 3], ["stale", 3], ["fresh", 4]]);
  peer.close();
  assertGone(env);
});

Deno.test("connectSync: a list comes back to the page that it was on", () => {
  const { env, peer, online } = setUp();
  const names = peer.list("names", { pageSize: 2 });
  online().take();
  names.get({ page: 3 }).catch(() => {});
  env.socket.say({
    func: "set_all",
    type: "list",
    name: "names",
    page: 3,
    page_size: 2,
    total_item_count: 8,
    items: ["g", "h"],
  });
  assert.deepEqual([names.page, names.pages, names.value], [3, 4, ["g", "h"]]);
  env.socket.fail(1006);
  env.nextAttempt();
  assert.deepEqual(online().take().at(-1), {
    func: "get",
    type: "list",
    name: "names",
    page: 3,
    page_size: 2,
  });
  peer.close();
  assertGone(env);
});

Deno.test("connectSync: a call made without a line goes out when there is one, and is lost with it", async () => {
  const { env, peer, online } = setUp();
  const double = peer.function("double"), first = double.call({ n: 1 }), second = double.call({ n: 2 });
  const frames = online().take();
  assert.deepEqual(frames.map(({ func, args }) => [func, args]), [
    ["subscribe", undefined],
    ["call", { n: 1 }],
    ["call", { n: 2 }],
  ]);
  env.socket.say({ func: "return", type: "function", name: "double", id: frames[1]!["id"], value: 2 });
  assert.equal(await first, 2);
  env.socket.fail(1006);
  await assert.rejects(second, { name: "SyncError", reason: "disconnected" });
  peer.close();
  assertGone(env);
});

Deno.test("connectSync: a call that is larger than a frame rejects, and the line lives", async () => {
  const { env, peer, online } = setUp();
  const socket = online(), double = peer.function("double");
  await assert.rejects(double.call({ n: "x".repeat(Most.frame) as unknown as number }), {
    reason: "invalid",
  });
  assert.deepEqual(socket.take().map(({ func }) => func), ["subscribe"]);
  peer.close();
  assertGone(env);
});

Deno.test("connectSync: what this end owns is there for the other end, also what it is given later", async () => {
  const zoom = variable(1);
  const { env, peer, online } = setUp({ groups: { zoom } });
  peer.own({ greet: action(z.object({ name: z.string() }), ({ name }) => `Hello ${name}`) });
  const socket = online();
  socket.say({ func: "subscribe", type: "var", name: "zoom" });
  socket.say({ func: "subscribe", type: "function", name: "greet" });
  socket.say({ func: "call", type: "function", name: "greet", id: 7, args: { name: "Ann" } });
  await zoom.set(2);
  await settled();
  assert.deepEqual(socket.take(), [
    { func: "return", type: "function", name: "greet", id: 7, value: "Hello Ann" },
    { func: "set", type: "var", name: "zoom", value: 2 },
  ]);
  peer.close();
  await zoom.set(3);
  assert.deepEqual(socket.take(), []);
  assertGone(env);
});

Deno.test("connectSync: a variable of this end that changes faster than the network sends the newest, once", async () => {
  const zoom = variable(0);
  const { env, peer, online } = setUp({ groups: { zoom } });
  const socket = online();
  socket.say({ func: "subscribe", type: "var", name: "zoom" });
  socket.bufferedAmount = Most.watermark + 1;
  for (let i = 1; i <= 500; i++) await zoom.set(i);
  assert.deepEqual(socket.take(), []);
  socket.bufferedAmount = 0;
  env.clock.turn(1000);
  assert.deepEqual(socket.take(), [{ func: "set", type: "var", name: "zoom", value: 500 }]);
  peer.close();
  assertGone(env);
});

Deno.test("connectSync: what a function of this end throws is for the console, not for the server", async () => {
  await withConsole(async (said) => {
    const error = new Error("the secret is 4f9d");
    const fail = action(z.object({}), () => {
      throw error;
    });
    const { env, peer, online } = setUp({ groups: { fail } });
    online().say({ func: "subscribe", type: "function", name: "fail" });
    env.socket.say({ func: "call", type: "function", name: "fail", id: 1 });
    await settled();
    const [answer] = env.socket.take();
    assert.equal(answer?.["error_code"], 8);
    assert.doesNotMatch(JSON.stringify(answer), /4f9d/);
    assert.deepEqual(said, [["SockSync: fail failed", error]]);
    peer.close();
    assertGone(env);
  });
});

Deno.test("connectSync: closed in whatever state and by whatever means, nothing is left", async () => {
  const states: Record<string, (set: ReturnType<typeof setUp>) => void> = {
    connecting: () => {},
    open: ({ online }) => void online(),
    lost: ({ online }) => online().fail(1006),
    asleep: ({ env, online }) => (online(), env.tell("pagehide")),
    probing: ({ env, online }) => (online(), env.tell("online")),
  };
  for (const [name, bring] of Object.entries(states)) {
    for (const means of ["close", "using", "signal"]) {
      const controller = new AbortController(), count = counted(controller.signal);
      const set = setUp({ signal: controller.signal }), { env, peer } = set;
      peer.variable("stock");
      const outcomes = [peer.function("double").call({ n: 1 }), peer.list("names").get()];
      const caught = Promise.allSettled(outcomes);
      bring(set);
      if (means === "close") peer.close();
      if (means === "using") peer[Symbol.dispose]();
      if (means === "signal") controller.abort();
      peer.close();
      assert.equal(count(), 0, name);
      for (const outcome of await caught) {
        assert.equal(outcome.status, "rejected");
        assert.equal(outcome.reason.reason, "disconnected", name);
      }
      assertGone(env);
      assert.equal(peer.isOpen, false);
    }
  }
});

Deno.test("connectSync: with a signal that is aborted already, no socket is opened", () => {
  const { env } = setUp({ signal: AbortSignal.abort() });
  assert.equal(env.sockets.length, 0);
  assertGone(env);
});

Deno.test("connectSync: closed by whoever hears something over the line, it hears no more", () => {
  const { env, peer, online } = setUp();
  const stock = peer.variable("stock"), seen: unknown[] = [];
  stock.subscribe((value) => {
    seen.push(value);
    peer.close();
  });
  const socket = online();
  socket.say({ func: "set", type: "var", name: "stock", value: 1 });
  socket.say({ func: "set", type: "var", name: "stock", value: 2 });
  assert.deepEqual(seen, [1]);
  assertGone(env);
});

Deno.test("connectSync: the answer to its question whether anybody is there is nobody's business", async () => {
  await withConsole((said) => {
    const { env, peer, online } = setUp();
    const stock = peer.variable("stock"), socket = online();
    socket.take();
    env.clock.turn(30_000);
    assert.deepEqual(socket.take(), [{ func: "ping" }]);
    socket.say({ func: "error", error_code: 2, message: "type is required." });
    env.clock.turn(20_000);
    assert.deepEqual([socket.closed, stock.status, said.length], [undefined, "loading", 0]);
    peer.close();
  });
});

Deno.test("connectSync: two peers ask each other whether anybody is there, and both hear that somebody is", () => {
  const { env, peer, online } = setUp();
  online().say({ func: "ping" });
  assert.deepEqual(env.socket.take(), [{ func: "error", error_code: 2, message: "type is required." }]);
  peer.close();
});

Deno.test("connectSync: its limits are the defaults", () => {
  const { reflex, ...others } = peerLimits;
  for (const [name, limit] of Object.entries(others)) {
    assert.equal(limit, Reflect.get(defaultLimits, name), name);
  }
  assert.ok(reflex >= 30_000, "as long as whoever calls waits");
});

Deno.test("connectSync: what is wrong is said at once, and nothing is left", () => {
  const env = new FakeSyncEnvironment();
  env.base = undefined;
  assert.throws(() => setUp({}, env), TypeError);
  env.base = "https://shop.test/";
  assert.throws(() => setUp({ groups: { wrong: 5 as never } }, env), TypeError);
  env.refusal = new TypeError("no headers");
  const { signal } = new AbortController(), count = counted(signal);
  assert.throws(() => setUp({ signal, headers: {} }, env), env.refusal);
  assert.equal(count(), 0);
  assertGone(env);
});

Deno.test("connectSync: headers are a TypeError where a WebSocket has no room for them, other errors are what they are", () => {
  const real = globalThis.WebSocket, error = new DOMException("not here", "SecurityError");
  globalThis.WebSocket = class {
    constructor(url: string, protocols: unknown) {
      if (url.startsWith("ws:")) throw error; // from a page on https
      if (!Array.isArray(protocols)) throw new DOMException("'[object Object]' is invalid.", "SyntaxError");
    }
  } as unknown as typeof WebSocket;
  try {
    assert.throws(() => connectSync("wss://shop.test/ws", { headers: { a: "b" } }), {
      name: "TypeError",
      message: "Cannot send headers: a browser's WebSocket has no room for any.",
    });
    assert.throws(() => connectSync("ws://shop.test/ws", { headers: { a: "b" } }), error);
    assert.throws(() => connectSync("ws://shop.test/ws"), error);
  } finally {
    globalThis.WebSocket = real;
  }
});
