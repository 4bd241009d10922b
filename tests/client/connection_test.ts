import assert from "node:assert/strict";
import { codeOf, pageOf, setUp, status } from "./line.ts";
import { settled } from "./fakes.ts";
import { Close, VISIT_HEADER } from "../../protocol/markers.ts";

Deno.test("connection: hello is the first frame, and ready makes the page live", () => {
  const { env, online } = setUp();
  assert.equal(env.socket.url, "wss://shop.test/app/_argyle/socket");
  let connected = 0;
  document.addEventListener("argyle:connected", () => connected++, { once: true });
  const socket = online();
  assert.deepEqual(socket.take(), [["hello", 3, "T0", 0]]);
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
  await settled();
  env.socket.open();
  assert.deepEqual(env.socket.take(), [["hello", 3, "T0", 0]]);
  env.socket.say(["ready", 0]);
  assert.equal(env.socket.sent[0], before[1]);
  assert.deepEqual(env.socket.take()[1], ["call", 3, 1, "A#three"]);
  env.socket.say(["patch", 1, [["body", ""]], [2]]);
  env.socket.say(["error", 3, "failed", "No.", { a: "b" }]);
  assert.equal(await second, undefined);
  await assert.rejects(third, { code: "failed", message: "No.", fields: { a: "b" } });
});

Deno.test("connection: what closes reconnects, later each time, and soon again once it was steady", async () => {
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
  await settled();
  env.socket.fail(1006);
  const before = env.sockets.length;
  env.pass(300);
  await settled();
  assert.equal(env.sockets.length, before + 1);
});

Deno.test("connection: a handshake without an end is given up", async () => {
  const { env } = setUp();
  const { socket } = env;
  env.pass(10_000);
  await settled();
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
  await settled();
  assert.deepEqual(other.env.request.init.headers, { accept: "text/html" });
  other.env.request.answer(pageOf("T1", "v2"));
  await settled();
  other.online().say(["resync", "x"]);
  await settled();
  other.env.pass(500);
  await settled();
  assert.deepEqual(other.env.request.init.headers, { accept: "text/html", [VISIT_HEADER]: "T1" });
});

Deno.test("connection: a restart brings everybody back within a second", async () => {
  const { env, online } = setUp();
  env.chance = 0.9;
  online().fail(Close.restart);
  env.pass(899);
  await settled();
  assert.equal(env.sockets.length, 1);
  env.pass(1);
  await settled();
  assert.equal(env.sockets.length, 2);
});

Deno.test("connection: a server that had many pages has them come back farther apart", async () => {
  const { env, online } = setUp();
  env.chance = 0.9;
  online().fail(Close.restart, "5000 ms: the server restarts.");
  env.pass(4499);
  await settled();
  assert.equal(env.sockets.length, 1);
  env.pass(1);
  await settled();
  assert.equal(env.sockets.length, 2);
});

Deno.test("connection: frames that closed a socket are not sent again", async () => {
  const { env, online, call } = setUp();
  const socket = online();
  const poison = call("A#poison");
  socket.fail(Close.policy);
  assert.equal(await codeOf(poison), "disconnected");
  env.pass(300);
  await settled();
  online();
  assert.deepEqual(env.socket.take(), [["hello", 3, "T0", 0]]);
});

Deno.test("connection: silence while a call waits is asked about, and then the socket is given up", async () => {
  const { env, online, call } = setUp();
  const socket = online();
  call("A#b");
  socket.take();
  env.pass(4999);
  await settled();
  assert.deepEqual(socket.take(), []);
  env.pass(1);
  await settled();
  assert.deepEqual(socket.take(), [["ping"]]);
  env.pass(4000);
  await settled();
  socket.say(["pong"]);
  env.pass(4999);
  await settled();
  assert.equal(socket.closed, false);
  env.pass(1 + 5000);
  await settled();
  assert.equal(socket.closed, true);
  assert.equal(status(), "offline");
});

Deno.test("connection: without a call nobody is asked, but for a page that wakes up", async () => {
  const { env, online, line } = setUp();
  const socket = online();
  socket.take();
  env.pass(60_000);
  await settled();
  assert.deepEqual(socket.take(), []);
  line.wake();
  line.wake();
  assert.deepEqual(socket.take(), [["ping"]]);
  socket.say(["pong"]);
  env.pass(60_000);
  await settled();
  assert.equal(socket.closed, false);
});

Deno.test("connection: asleep nothing is held, awake it goes on where it was", async () => {
  const { env, online, line } = setUp();
  online().say(["patch", 1, []]);
  line.sleep();
  assert.equal(env.socket.closed, true);
  env.pass(60_000);
  await settled();
  assert.equal(env.sockets.length, 1);
  line.wake();
  online(1);
  assert.deepEqual(env.socket.take(), [["hello", 3, "T0", 1]]);
  env.socket.say(["resync", "x"]);
  env.pass(200);
  await settled();
  line.sleep();
  await settled();
  env.pass(60_000);
  await settled();
  assert.equal(env.requests.length, 1);
  line.wake();
  await settled();
  assert.equal(env.requests.length, 2);
});

Deno.test("connection: waking up tries at once", async () => {
  const { env, online, line } = setUp();
  online().fail(1006);
  line.wake();
  assert.equal(env.sockets.length, 2);
  env.pass(10_000 - 1);
  await settled();
  assert.equal(env.sockets.length, 2);
});

Deno.test("connection: an error without a number is told on the document", async () => {
  const { online } = setUp();
  let detail: unknown;
  document.addEventListener("argyle:error", (event) => detail = (event as CustomEvent).detail, {
    once: true,
  });
  online().say(["error", 0, "malformed", "The frame is not valid."]);
  await settled();
  assert.deepEqual(detail, { code: "malformed", message: "The frame is not valid." });
});

Deno.test("connection: an answer to a ping says that somebody is there, and nothing else", async () => {
  for (const hasAll of [false, true]) {
    const { env, online, line } = setUp();
    const socket = online();
    if (hasAll) socket.say(["error", 0, "malformed", "It gets the other script."]);
    await settled();
    line.wake();
    socket.say(["pong"]);
    await settled();
    env.pass(60_000);
    await settled();
    assert.deepEqual([env.requests.length, env.sockets.length], [0, 1]);
  }
});
