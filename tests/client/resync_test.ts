import assert from "node:assert/strict";
import { codeOf, pageOf, setUp, status } from "./line.ts";
import { settled } from "./fakes.ts";
import { VISIT_HEADER } from "../../protocol/markers.ts";

Deno.test("resync: a version that is not ours resyncs, as the same visit", async () => {
  const { env, online, replaced } = setUp();
  online(3);
  assert.equal(env.requests.length, 0);
  env.pass(200);
  await settled();
  assert.equal(env.request.url, env.location.href);
  assert.deepEqual(env.request.init.headers, { accept: "text/html", [VISIT_HEADER]: "T0" });
  assert.equal(env.request.init.cache, "no-store");
  const old = env.socket;
  env.request.answer(pageOf("T1", "v1"));
  await settled();
  assert.deepEqual(replaced, ["T1"]);
  assert.equal(old.closed, true);
  env.socket.open();
  assert.deepEqual(env.socket.take(), [["hello", 3, "T1", 0]]);
});

Deno.test("resync: patches apply in order; a gap resyncs, its outcome still settles", async () => {
  const { env, online, patches, call } = setUp();
  const socket = online();
  socket.say(["patch", 1, [["text", "x", "a"]]]);
  const outcome = call("A#b");
  socket.say(["patch", 3, [["text", "x", "b"]], [1, 7]]);
  socket.say(["patch", 4, [["text", "x", "c"]]]);
  assert.deepEqual(patches, [[["text", "x", "a"]]]);
  assert.equal(await outcome, 7);
  env.pass(200);
  await settled();
  assert.equal(env.requests.length, 1);
});

Deno.test("resync: a patch that cannot be applied resyncs and is not counted", async () => {
  const { env, online } = setUp();
  online().say(["patch", 1, [["morph", "missing", ""]]]);
  env.pass(200);
  await settled();
  env.request.fail();
  await settled();
  assert.equal(status(), "offline");
  env.pass(300);
  await settled();
  assert.equal(env.requests.length, 2);
});

Deno.test("resync: in another visit what was sent expires and what was not counts from 1", async () => {
  const { env, online, call } = setUp();
  const socket = online();
  const sent = call("A#sent");
  socket.say(["resync", "new build"]);
  const queued = call("A#queued");
  env.pass(200);
  await settled();
  env.request.answer(pageOf("T1", "v2"));
  await settled();
  assert.equal(await codeOf(sent), "expired");
  online();
  await settled();
  assert.deepEqual(env.socket.take(), [["hello", 3, "T1", 0], ["call", 1, 0, "A#queued"]]);
  env.socket.say(["done", 1]);
  assert.equal(await queued, undefined);
});

Deno.test("resync: in the same visit what was sent is sent again after a resync", async () => {
  const { env, online, call } = setUp();
  const socket = online();
  call("A#sent");
  socket.say(["resync", "gap"]);
  env.pass(200);
  await settled();
  env.request.answer(pageOf("T1", "v1"));
  await settled();
  online();
  await settled();
  assert.deepEqual(env.socket.take(), [["hello", 3, "T1", 0], ["call", 1, 0, "A#sent"]]);
});

Deno.test("resync: wishes during the fetch make one more resync, later than the first", async () => {
  const { env, online } = setUp();
  const socket = online();
  socket.say(["resync", "a"]);
  socket.say(["resync", "b"]);
  env.pass(200);
  await settled();
  assert.equal(env.requests.length, 1);
  socket.say(["resync", "c"]);
  socket.say(["resync", "d"]);
  env.request.answer(pageOf("T1", "v1"));
  await settled();
  env.pass(199);
  await settled();
  assert.equal(env.requests.length, 1);
  env.pass(1);
  await settled();
  assert.equal(env.requests.length, 2);
  env.request.answer(pageOf("T2", "v1"));
  await settled();
  env.pass(10_000);
  await settled();
  assert.equal(env.requests.length, 2);
});

Deno.test("resync: a redirect, another page or a refusal is loaded by the browser itself", async () => {
  // A redirect that is not followed has no status that counts as good; which one browsers show is theirs.
  for (
    const [body, options] of [["", { status: 303 }], ["<p>not ours</p>", {}], ["", { status: 404 }]] as const
  ) {
    const { env, online } = setUp();
    online().say(["resync", "x"]);
    env.pass(200);
    await settled();
    env.request.answer(body, options);
    await settled();
    assert.deepEqual(env.visited, ["reload"]);
    assert.equal(env.sockets.length, 1);
  }
});

for (const code of [503, 429]) {
  Deno.test(`resync: ${code} waits as long as it says, and then tries again`, async () => {
    const { env, online } = setUp();
    online().say(["resync", "x"]);
    env.pass(200);
    await settled();
    env.request.answer("", { status: code, headers: { "retry-after": "7" } });
    await settled();
    assert.equal(status(), "offline");
    env.pass(6999);
    await settled();
    assert.equal(env.requests.length, 1);
    env.pass(1);
    await settled();
    assert.equal(env.requests.length, 2);
  });
}

Deno.test("resync: a fetch that hangs is given up", async () => {
  const { env, online } = setUp();
  online().say(["resync", "x"]);
  env.pass(200);
  await settled();
  env.pass(15_000);
  await settled();
  env.pass(300);
  await settled();
  assert.equal(env.requests.length, 2);
});

Deno.test("resync: a ticket is posted, and then the page is fetched whatever came of it", async () => {
  const { env, online } = setUp();
  online().say(["ticket", "abc"]);
  await settled();
  assert.equal(env.request.url, "https://shop.test/app/_argyle/ticket");
  assert.equal(env.request.init.body, "abc");
  assert.equal(env.request.init.method, "POST");
  env.request.fail();
  await settled();
  env.pass(200);
  await settled();
  assert.equal(env.requests.length, 2);
});

Deno.test("resync: a patch that needs the script beside waits for it, and what comes behind it waits too", async () => {
  const { env, online, patches, call } = setUp();
  const socket = online();
  const outcome = call("A#b");
  socket.say(["patch", 1, [["order", "a", [1, 1, 0, 1]]]]);
  socket.say(["patch", 2, [["text", "a", "2"]]]);
  socket.say(["done", 1, 7]);
  assert.equal(patches.length, 0);
  assert.equal(await outcome, 7);
  assert.deepEqual(patches.map(([operation]) => operation?.[0]), ["order", "text"]);
  socket.say(["patch", 3, [["order", "a", [1, 1, 0, 1]]]]);
  await settled();
  assert.equal(patches.length, 3, "it is there now");
  assert.equal(env.requests.length, 0);
});

Deno.test("resync: without a network for its script, a patch is made up for by the whole page when there is one", async () => {
  const { env, online, patches, replaced } = setUp();
  env.hasRest = false;
  online().say(["patch", 1, [["order", "a", [1, 1, 0, 1]]]]);
  await settled();
  env.pass(200);
  await settled();
  assert.deepEqual(env.requests.map(({ init }) => init.method), ["HEAD"]);
  env.request.fail();
  await settled();
  // A proxy that finds nobody behind it answers all the same.
  for (const status of [502, 429]) {
    env.pass(10_000);
    await settled();
    env.request.answer("", { status });
    await settled();
  }
  env.hasRest = true;
  assert.deepEqual(env.visited, []);
  env.pass(10_000);
  await settled();
  env.request.answer(pageOf("T1", "v1"));
  await settled();
  assert.deepEqual([patches, replaced], [[], ["T1"]]);
});

Deno.test("resync: where the server has other scripts by now, the page is loaded with them", async () => {
  const { env, online } = setUp();
  env.hasRest = false;
  online().say(["resync", "stale"]);
  env.pass(200);
  await settled();
  env.request.answer("");
  await settled();
  assert.deepEqual(env.visited, ["reload"]);
});

Deno.test("resync: what waits for a script is not done to a page of another socket", async () => {
  const { env, online, patches } = setUp();
  online().say(["patch", 1, [["order", "a", [1, 1, 0, 1]]]]);
  env.socket.fail(1006);
  await settled();
  env.pass(300);
  await settled();
  online();
  await settled();
  assert.deepEqual(patches, []);
});

Deno.test("go: the browser leaves", async () => {
  const { env, online } = setUp();
  online().say(["go", "/orders/7"]);
  await settled();
  assert.equal(env.location.href, "/orders/7");
  assert.equal(env.requests.length, 0);
});

Deno.test("go: where there is a ticket, once that was posted, whatever came of it", async () => {
  const { env, online } = setUp();
  const { href } = env.location;
  online().say(["go", "/home", "abc"]);
  await settled();
  assert.equal(env.request.init.body, "abc");
  assert.equal(env.location.href, href);
  env.request.fail();
  await settled();
  assert.equal(env.location.href, "/home");
  env.pass(200);
  await settled();
  assert.equal(env.requests.length, 1);
});

Deno.test("resync: a socket that never opened is followed by a fresh page", async () => {
  const { env, replaced } = setUp();
  env.socket.fail(1006);
  assert.equal(status(), "offline");
  env.pass(300);
  await settled();
  assert.equal(env.sockets.length, 1);
  env.request.fail();
  await settled();
  env.pass(600);
  await settled();
  env.request.answer(pageOf("T1", "v1"));
  await settled();
  assert.deepEqual(replaced, ["T1"]);
  assert.equal(env.sockets.length, 2);
});
