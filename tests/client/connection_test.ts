import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { FakeEnvironment, settled } from "./fakes.ts";
import { callsOver } from "../../client/calls.ts";
import type { CallError } from "../../client/call_error.ts";
import { connection } from "../../client/connection.ts";
import { Close, VISIT_HEADER } from "../../protocol/markers.ts";
import type { Operation } from "../../protocol/operations.ts";

function pageOf(token: string, visit: string): string {
  return `<!doctype html><html><head><script type="module" src="/app/_argyle/client-1.js" data-argyle="${token}" ` +
    `data-argyle-visit="${visit}"></script></head><body><p>${token}</p></body></html>`;
}

function setUp() {
  document.documentElement.removeAttribute("data-argyle-status");
  show(
    "",
    `<script type="x" src="/app/_argyle/client-1.js" data-argyle="T0" data-argyle-visit="v1"></script>`,
  );
  const env = new FakeEnvironment();
  const calls = callsOver(env.clock);
  const patches: (readonly Operation[])[] = [];
  const replaced: string[] = [];
  const line = connection($<HTMLScriptElement>("script"), calls, {
    patch: (operations) => {
      if (operations.some(([, id]) => id === "missing")) throw new TypeError("no such element");
      patches.push(operations);
    },
    replace: (_head, body) => void replaced.push(body.textContent?.trim() ?? ""),
  }, env);
  line.wake();
  function online(version = 0) {
    env.socket.open();
    env.socket.say(["ready", version]);
    return env.socket;
  }
  const call = (target: string) => {
    const outcome = calls.call(target, [], {});
    line.expectAnswer();
    outcome.catch(() => {});
    return outcome;
  };
  return { env, calls, line, patches, replaced, online, call };
}

const status = () => document.documentElement.getAttribute("data-argyle-status");
const codeOf = (outcome: Promise<unknown>) => outcome.then(() => "none", (error: CallError) => error.code);

Deno.test("connection: hello is the first frame, and ready makes the page live", () => {
  const { env, online } = setUp();
  assert.equal(env.socket.url, "wss://shop.test/app/_argyle/socket");
  let connected = 0;
  document.addEventListener("argyle:connected", () => connected++, { once: true });
  const socket = online();
  assert.deepEqual(socket.take(), [["hello", 1, "T0", 0]]);
  assert.equal(status(), "online");
  assert.equal(connected, 1);
});

Deno.test("connection: calls without an outcome go again, in order and byte for byte, before queued ones", async () => {
  const { env, online, call } = setUp();
  online();
  const first = call("A#one"), second = call("A#two");
  const before = env.socket.sent.slice(1);
  env.socket.say(["done", 1, "yes"]);
  assert.equal(await first, "yes");
  env.socket.fail(1006);
  const third = call("A#three");
  env.pass(300);
  env.socket.open();
  assert.deepEqual(env.socket.take(), [["hello", 1, "T0", 0]]);
  env.socket.say(["ready", 0]);
  assert.equal(env.socket.sent[0], before[1]);
  assert.deepEqual(env.socket.take()[1], ["call", 3, 1, "A#three"]);
  env.socket.say(["patch", 1, [["body", ""]], [2]]);
  env.socket.say(["error", 3, "failed", "No.", { a: "b" }]);
  assert.equal(await second, undefined);
  await assert.rejects(third, { code: "failed", message: "No.", fields: { a: "b" } });
});

Deno.test("connection: a version that is not ours resyncs, as the same visit", async () => {
  const { env, online, replaced } = setUp();
  online(3);
  assert.equal(env.requests.length, 0);
  env.pass(200);
  assert.equal(env.request.url, env.location.href);
  assert.deepEqual(env.request.init.headers, { accept: "text/html", [VISIT_HEADER]: "T0" });
  assert.equal(env.request.init.cache, "no-store");
  const old = env.socket;
  env.request.answer(pageOf("T1", "v1"));
  await settled();
  assert.deepEqual(replaced, ["T1"]);
  assert.equal(old.closed, true);
  env.socket.open();
  assert.deepEqual(env.socket.take(), [["hello", 1, "T1", 0]]);
});

Deno.test("connection: patches apply in order; a gap resyncs, its outcome still settles", async () => {
  const { env, online, patches, call } = setUp();
  const socket = online();
  socket.say(["patch", 1, [["body", "a"]]]);
  const outcome = call("A#b");
  socket.say(["patch", 3, [["body", "b"]], [1, 7]]);
  socket.say(["patch", 4, [["body", "c"]]]);
  assert.deepEqual(patches, [[["body", "a"]]]);
  assert.equal(await outcome, 7);
  env.pass(200);
  assert.equal(env.requests.length, 1);
});

Deno.test("connection: a patch that cannot be applied resyncs and is not counted", async () => {
  const { env, online } = setUp();
  online().say(["patch", 1, [["morph", "missing", ""]]]);
  env.pass(200);
  env.request.fail();
  await settled();
  assert.equal(status(), "offline");
  env.pass(300);
  assert.equal(env.requests.length, 2);
});

Deno.test("connection: in another visit what was sent expires and what was not counts from 1", async () => {
  const { env, online, call } = setUp();
  const socket = online();
  const sent = call("A#sent");
  socket.say(["resync", "new build"]);
  const queued = call("A#queued");
  env.pass(200);
  env.request.answer(pageOf("T1", "v2"));
  await settled();
  assert.equal(await codeOf(sent), "expired");
  online();
  assert.deepEqual(env.socket.take(), [["hello", 1, "T1", 0], ["call", 1, 0, "A#queued"]]);
  env.socket.say(["done", 1]);
  assert.equal(await queued, undefined);
});

Deno.test("connection: in the same visit what was sent is sent again after a resync", async () => {
  const { env, online, call } = setUp();
  const socket = online();
  call("A#sent");
  socket.say(["resync", "gap"]);
  env.pass(200);
  env.request.answer(pageOf("T1", "v1"));
  await settled();
  online();
  assert.deepEqual(env.socket.take(), [["hello", 1, "T1", 0], ["call", 1, 0, "A#sent"]]);
});

Deno.test("connection: wishes during the fetch make one more resync, later than the first", async () => {
  const { env, online } = setUp();
  const socket = online();
  socket.say(["resync", "a"]);
  socket.say(["resync", "b"]);
  env.pass(200);
  assert.equal(env.requests.length, 1);
  socket.say(["resync", "c"]);
  socket.say(["resync", "d"]);
  env.request.answer(pageOf("T1", "v1"));
  await settled();
  env.pass(199);
  assert.equal(env.requests.length, 1);
  env.pass(1);
  assert.equal(env.requests.length, 2);
  env.request.answer(pageOf("T2", "v1"));
  await settled();
  env.pass(10_000);
  assert.equal(env.requests.length, 2);
});

Deno.test("connection: an answer from elsewhere is where the person goes", async () => {
  for (
    const [body, options, visited] of [
      ["", { url: "https://shop.test/login", redirected: true }, "https://shop.test/login"],
      ["<p>not ours</p>", {}, "https://shop.test/app/orders?page=2"],
      ["", { status: 404 }, "reload"],
    ] as const
  ) {
    const { env, online } = setUp();
    online().say(["resync", "x"]);
    env.pass(200);
    env.request.answer(body, options);
    await settled();
    assert.deepEqual(env.visited, [visited]);
    assert.equal(env.sockets.length, 1);
  }
});

Deno.test("connection: a redirect to the page itself is the page", async () => {
  const { env, online, replaced } = setUp();
  online().say(["resync", "x"]);
  env.pass(200);
  env.request.answer(pageOf("T1", "v1"), { redirected: true });
  await settled();
  assert.deepEqual([replaced, env.visited], [["T1"], []]);
});

Deno.test("connection: 503 waits as long as it says, and then tries again", async () => {
  const { env, online } = setUp();
  online().say(["resync", "x"]);
  env.pass(200);
  env.request.answer("", { status: 503, headers: { "retry-after": "7" } });
  await settled();
  assert.equal(status(), "offline");
  env.pass(6999);
  assert.equal(env.requests.length, 1);
  env.pass(1);
  assert.equal(env.requests.length, 2);
});

Deno.test("connection: a fetch that hangs is given up", async () => {
  const { env, online } = setUp();
  online().say(["resync", "x"]);
  env.pass(200);
  env.pass(15_000);
  await settled();
  env.pass(300);
  assert.equal(env.requests.length, 2);
});

Deno.test("connection: a ticket is posted, and then the page is fetched whatever came of it", async () => {
  const { env, online } = setUp();
  online().say(["ticket", "abc"]);
  assert.equal(env.request.url, "https://shop.test/app/_argyle/ticket");
  assert.equal(env.request.init.body, "abc");
  assert.equal(env.request.init.method, "POST");
  env.request.fail();
  await settled();
  env.pass(200);
  assert.equal(env.requests.length, 2);
});

Deno.test("connection: what closes reconnects, later each time, and soon again once it was steady", () => {
  const { env, online } = setUp();
  env.chance = 1;
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    online();
    env.socket.fail(i % 2 ? 0 : 1006);
    env.socket.fail(1006); // Deno and proxies close twice
    const before = env.sockets.length;
    let wait = 0;
    while (env.sockets.length === before) env.pass(50), wait += 50;
    assert.equal(env.sockets.length, before + 1);
    waits.push(wait);
  }
  assert.deepEqual(waits, [300, 600, 1200, 2400, 4800, 9600, 10_000, 10_000]);
  online();
  env.pass(10_000);
  env.socket.fail(1006);
  const before = env.sockets.length;
  env.pass(300);
  assert.equal(env.sockets.length, before + 1);
});

Deno.test("connection: a socket that never opened is followed by a fresh page", async () => {
  const { env, replaced } = setUp();
  env.socket.fail(1006);
  assert.equal(status(), "offline");
  env.pass(300);
  assert.equal(env.sockets.length, 1);
  env.request.fail();
  await settled();
  env.pass(600);
  env.request.answer(pageOf("T1", "v1"));
  await settled();
  assert.deepEqual(replaced, ["T1"]);
  assert.equal(env.sockets.length, 2);
});

Deno.test("connection: a handshake without an end is given up", () => {
  const { env } = setUp();
  const { socket } = env;
  env.pass(10_000);
  assert.equal(socket.closed, true);
  assert.equal(status(), "offline");
});

Deno.test("connection: upgrade reloads, replaced comes back as a new visit", async () => {
  const { env, online } = setUp();
  online().fail(Close.upgrade);
  assert.deepEqual(env.visited, ["reload"]);
  const other = setUp();
  other.online().fail(Close.replaced);
  other.env.pass(200);
  assert.deepEqual(other.env.request.init.headers, { accept: "text/html" });
  other.env.request.answer(pageOf("T1", "v2"));
  await settled();
  other.online().say(["resync", "x"]);
  other.env.pass(500);
  assert.deepEqual(other.env.request.init.headers, { accept: "text/html", [VISIT_HEADER]: "T1" });
});

Deno.test("connection: a restart brings everybody back within a second", () => {
  const { env, online } = setUp();
  env.chance = 0.9;
  online().fail(Close.restart);
  env.pass(899);
  assert.equal(env.sockets.length, 1);
  env.pass(1);
  assert.equal(env.sockets.length, 2);
});

Deno.test("connection: frames that closed a socket are not sent again", async () => {
  const { env, online, call } = setUp();
  const socket = online();
  const poison = call("A#poison");
  socket.fail(Close.policy);
  assert.equal(await codeOf(poison), "disconnected");
  env.pass(300);
  online();
  assert.deepEqual(env.socket.take(), [["hello", 1, "T0", 0]]);
});

Deno.test("connection: silence while a call waits is asked about, and then the socket is given up", () => {
  const { env, online, call } = setUp();
  const socket = online();
  call("A#b");
  socket.take();
  env.pass(4999);
  assert.deepEqual(socket.take(), []);
  env.pass(1);
  assert.deepEqual(socket.take(), [["ping"]]);
  env.pass(4000);
  socket.say(["pong"]);
  env.pass(4999);
  assert.equal(socket.closed, false);
  env.pass(1 + 5000);
  assert.equal(socket.closed, true);
  assert.equal(status(), "offline");
});

Deno.test("connection: without a call nobody is asked, but for a page that wakes up", () => {
  const { env, online, line } = setUp();
  const socket = online();
  socket.take();
  env.pass(60_000);
  assert.deepEqual(socket.take(), []);
  line.wake();
  line.wake();
  assert.deepEqual(socket.take(), [["ping"]]);
  socket.say(["pong"]);
  env.pass(60_000);
  assert.equal(socket.closed, false);
});

Deno.test("connection: asleep nothing is held, awake it goes on where it was", async () => {
  const { env, online, line } = setUp();
  online().say(["patch", 1, []]);
  line.sleep();
  assert.equal(env.socket.closed, true);
  env.pass(60_000);
  assert.equal(env.sockets.length, 1);
  line.wake();
  online(1);
  assert.deepEqual(env.socket.take(), [["hello", 1, "T0", 1]]);
  env.socket.say(["resync", "x"]);
  env.pass(200);
  line.sleep();
  await settled();
  env.pass(60_000);
  assert.equal(env.requests.length, 1);
  line.wake();
  assert.equal(env.requests.length, 2);
});

Deno.test("connection: waking up tries at once", () => {
  const { env, online, line } = setUp();
  online().fail(1006);
  line.wake();
  assert.equal(env.sockets.length, 2);
  env.pass(10_000 - 1);
  assert.equal(env.sockets.length, 2);
});

Deno.test("connection: an error without a number is told on the document", () => {
  const { online } = setUp();
  let detail: unknown;
  document.addEventListener("argyle:error", (event) => detail = (event as CustomEvent).detail, {
    once: true,
  });
  online().say(["error", 0, "malformed", "The frame is not valid."]);
  assert.deepEqual(detail, { code: "malformed", message: "The frame is not valid." });
});
