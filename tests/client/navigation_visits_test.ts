import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { type FakeEnvironment, settled } from "./fakes.ts";
import { pageOf, setUp } from "./line.ts";
import type { Client } from "../../client/start.ts";
import type { Entries } from "../../client/entries.ts";
import type { PageFrame } from "../../protocol/frames.ts";
import { VISIT_HEADER } from "../../protocol/markers.ts";

// What the core gives takes the window that is there when it is loaded.
const { visitsOf } = await import("../../client/visits.ts");
Reflect.set(globalThis, "HTMLDialogElement", document.defaultView!.HTMLDialogElement);

/** A page at /app/orders whose every other part is a fake. */
function start() {
  const line = setUp(), { env, calls } = line, gone: string[] = [];
  const entries: Entries = {
    hold() {},
    go: ({ href }, kind) => {
      gone.push(`${kind} ${href}`);
      env.location.href = href;
    },
    come: () => true,
    place() {},
    keep() {},
  };
  const client: Client = { run: () => Promise.resolve(undefined), env, calls, ...line.line };
  line.online().take();
  const visits = visitsOf(client, entries);
  const go = (path: string, kind: "push" | "replace" | "traverse" = "push") => {
    const outcome = visits.go({ to: new URL(path, env.location.href), kind });
    return outcome.then(() => "shown", (error: Error) => error.name);
  };
  const land = (id: number, url: string, more: PageFrame[5] = []) =>
    visits.receive(["page", id, url, `T${id}`, `v${id}`, more]);
  return { ...line, visits, go, land, gone };
}

Deno.test("visits: asked for by path and query, shown at its URL; the next socket says hello as that page", async () => {
  const { env, go, land, gone, patches } = start();
  const outcome = go("/app/next?a=1#part");
  assert.deepEqual(env.socket.take(), [["visit", 1, "/app/next?a=1"]]);
  assert.deepEqual(gone, []);
  land(1, "/app/other?b=2", [["text", "x", "y"]]);
  assert.equal(await outcome, "shown");
  assert.deepEqual(gone, ["push https://shop.test/app/other?b=2#part"]);
  assert.deepEqual(patches, [[["text", "x", "y"]]]);
  env.socket.say(["patch", 1, [["text", "x", "z"]]]);
  await settled();
  assert.equal(patches.length, 2, "patches count from 0 again");
  env.socket.fail(1006);
  env.pass(300);
  env.socket.open();
  assert.deepEqual(env.socket.take(), [["hello", 3, "T1", 1]]);
});

Deno.test("visits: a call of the page before has its outcome told; numbers go on", async () => {
  const { env, go, land, call } = start();
  const socket = env.socket, early = call("A#early");
  void go("/app/next");
  land(1, "/app/next");
  const late = call("A#late");
  assert.deepEqual(socket.take().map((frame) => (frame as unknown[]).slice(0, 2)), [
    ["call", 1],
    ["visit", 1],
    ["shown", 1],
    ["call", 2],
  ]);
  socket.say(["done", 2, "late"]);
  socket.say(["done", 1, "early"]);
  await settled();
  assert.deepEqual([await early, await late], ["early", "late"]);
});

Deno.test("visits: the later wins; the page of the earlier is passed through, since the next builds on it", async () => {
  const { env, go, land, gone, patches } = start();
  const first = go("/app/a"), second = go("/app/b");
  assert.equal(await first, "AbortError");
  land(1, "/app/a", [["text", "x", "a"]]);
  assert.deepEqual(gone, []);
  land(2, "/app/b", [["text", "x", "b"]]);
  assert.equal(await second, "shown");
  assert.deepEqual(gone, ["push https://shop.test/app/b"]);
  assert.equal(patches.length, 2);
  assert.deepEqual(env.visited, []);
});

Deno.test("visits: without an answer in ten seconds the page is loaded in full", async () => {
  const { env, go, land } = start();
  const outcome = go("/app/a");
  env.pass(299);
  assert.equal($("html").getAttribute("aria-busy"), null);
  env.pass(1);
  assert.equal($("html").getAttribute("aria-busy"), "true");
  assert.equal($("html").getAttribute("data-argyle-navigating"), "");
  env.pass(9_699);
  assert.equal(env.location.href, "https://shop.test/app/orders?page=2#top");
  env.pass(1);
  assert.equal(await outcome, "ReflexError");
  assert.equal(env.location.href, "https://shop.test/app/a");
  assert.equal($("html").getAttribute("aria-busy"), null);
  land(1, "/app/a"); // too late, and nothing breaks
});

Deno.test("visits: back and forward are there already: they are loaded again, and another URL takes their place", async () => {
  const { env, visits, go } = start();
  env.location.href = "https://shop.test/app/back";
  visits.traverse();
  assert.deepEqual(env.socket.take(), [["visit", 1, "/app/back"]]);
  env.pass(10_000);
  assert.deepEqual(env.visited, ["reload"]);
  void go("/app/back", "traverse");
  assert.equal(visits.follow("/app/login", false, false), true);
  assert.deepEqual(env.visited, ["reload", "replace https://shop.test/app/login"]);
  await settled();
});

Deno.test("visits: within a page only its place is another", () => {
  const { env, visits } = start();
  env.location.href = "https://shop.test/app/orders?page=2#other";
  visits.traverse();
  assert.deepEqual(env.socket.take(), []);
});

Deno.test("visits: the socket is lost, the page is loaded in full; put away, it is not", async () => {
  {
    const { env, go } = start();
    const outcome = go("/app/a");
    env.socket.fail(1006);
    env.pass(0);
    assert.equal(await outcome, "ReflexError");
    assert.equal(env.location.href, "https://shop.test/app/a");
  }
  {
    const { env, go, visits, line } = start();
    const outcome = go("/app/a");
    line.sleep();
    visits.stop();
    env.pass(10_000);
    assert.equal(await outcome, "AbortError");
    assert.equal(env.location.href, "https://shop.test/app/orders?page=2#top");
  }
});

Deno.test("visits: a doubt about the page ends a visit as well", async () => {
  const { env, go } = start();
  const outcome = go("/app/a");
  env.socket.say(["resync", "stale"]);
  await settled();
  env.pass(0);
  assert.equal(await outcome, "ReflexError");
  assert.equal(env.location.href, "https://shop.test/app/a");
});

Deno.test("visits: while the page is in doubt, and until its next socket is ready, in full at once", async () => {
  // What is fetched would be shown under the address of the page that was gone to meanwhile.
  const steps = [
    () => {},
    (env: FakeEnvironment) => env.pass(200),
    (env: FakeEnvironment) => env.request.answer(pageOf("T1", "v1")),
    (env: FakeEnvironment) => env.socket.open(),
  ];
  for (const [last] of steps.entries()) {
    const { env, visits, go } = start();
    env.socket.say(["patch", 1, [["text", "missing", ""]]]);
    for (const step of steps.slice(0, last + 1)) {
      step(env);
      await settled();
    }
    env.socket.take();
    assert.equal(visits.ready(new URL("/app/b", env.location.href)), false, `after step ${last}`);
    assert.equal(await go("/app/a"), "ReflexError");
    assert.deepEqual(env.socket.take(), []);
    assert.equal(env.location.href, "https://shop.test/app/a");
  }
  const { env, go } = start();
  env.socket.say(["resync", "stale"]);
  for (const step of steps) {
    step(env);
    await settled();
  }
  env.socket.say(["ready", 0]);
  await settled();
  env.socket.take();
  void go("/app/a");
  assert.deepEqual(env.socket.take(), [["visit", 1, "/app/a"]]);
});

Deno.test("visits: the answer to an earlier one that has crossed a later one leads nowhere", async () => {
  const { env, visits, go, land } = start();
  void go("/app/file");
  const later = go("/app/b");
  assert.equal(visits.follow("/app/file", false, false), true);
  assert.deepEqual(env.visited, []);
  land(2, "/app/b");
  assert.equal(await later, "shown");
  assert.equal(env.location.href, "https://shop.test/app/b");
  // Nobody waits for another any more: it is a reflex that leads there.
  assert.equal(visits.follow("/app/file", false, false), true);
  assert.equal(env.location.href, "https://shop.test/app/file");
});

Deno.test("visits: without a line, with a URL too long or with one that looks like another host, in full at once", async () => {
  for (const path of ["/app/" + "a".repeat(2050), "https://shop.test//evil.test/"]) {
    const { env, go } = start();
    assert.equal(await go(path), "ReflexError");
    assert.deepEqual(env.socket.take(), []);
    assert.equal(env.location.href, new URL(path, "https://shop.test").href);
  }
  const { env, go } = start();
  env.socket.fail(1006);
  assert.equal(await go("/app/a"), "ReflexError");
  assert.equal(env.location.href, "https://shop.test/app/a");
});

Deno.test("visits: a page that cannot be patched is fetched from where it is, as itself", async () => {
  const { env, go, land, replaced } = start();
  void go("/app/a");
  land(1, "/app/a", [["text", "missing", ""]]);
  env.pass(200);
  await settled();
  assert.equal(env.request.url, "https://shop.test/app/a");
  assert.deepEqual(env.request.init.headers, { accept: "text/html", [VISIT_HEADER]: "T1" });
  env.request.answer(pageOf("T9", "v9"));
  await settled();
  assert.deepEqual(replaced, ["T9"]);
});

Deno.test("visits: a reflex leads over the socket where all links do, else the page is loaded", () => {
  const { env, visits } = start();
  assert.equal(visits.follow("/app/a", false, false), true);
  assert.deepEqual([env.socket.take(), env.location.href], [[], "https://shop.test/app/a"]);
  $("script").setAttribute("data-navigate", "");
  assert.equal(visits.follow("/app/b", true, false), true);
  assert.deepEqual(env.socket.take(), [["visit", 1, "/app/b"]]);
  // Its answer says so too, and then it is no page.
  assert.equal(visits.follow("/app/b", false, false), true);
  assert.deepEqual(env.visited, ["replace https://shop.test/app/b"]);
  visits.follow("/app/b#part", false, true);
  assert.deepEqual(env.visited, ["replace https://shop.test/app/b"], "a fragment of another page");
  env.location.href = "https://shop.test/app/c#a";
  visits.follow("/app/c#b", true, true);
  assert.deepEqual(env.visited.slice(1), ["replace https://shop.test/app/c#b", "reload"]);
  visits.follow("/app/c", false, true);
  assert.equal(env.location.href, "https://shop.test/app/c", "somebody else by now");
  show("");
});

Deno.test("visits: nothing is made ready while a page is waited for", () => {
  const { env, visits, go } = start();
  const to = new URL("https://shop.test/app/a?b#c");
  assert.equal(visits.ready(to), true);
  void go("/app/b");
  assert.equal(visits.ready(to), false);
  assert.deepEqual(env.socket.take(), [["visit", 1, "/app/a?b", 1], ["visit", 2, "/app/b"]]);
});
