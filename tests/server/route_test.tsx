import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { load, MemoryLog, timed } from "../helpers/peer.ts";

function make(options: AppOptions = {}) {
  const app = new App({ log: new MemoryLog(), ...options });
  app.page("/both/:id", ({ params }) => <p>{params.id}</p>);
  app.route("/both/:id", { POST: ({ params }) => new Response(`posted ${params.id}`) });
  app.route("/data", {
    GET: ({ query, user }) => Response.json([query.get("q"), user ?? null]),
    DELETE: () => new Response(null, { status: 204 }),
  });
  app.route("/form", {
    async POST({ form }) {
      const fields = await form();
      fields.get("short").text(3);
      return Response.json([fields.names(), fields.all("a").map((value) => value.text(1000))]);
    },
  });
  app.route("/nothing", { GET: () => undefined as never });
  return app;
}

async function ask(app: App, path: string, init: RequestInit = {}): Promise<[number, string, Headers]> {
  const headers = { "sec-fetch-site": "same-origin", ...init.headers };
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`, { ...init, headers }));
  return [response.status, await response.text(), response.headers];
}

timed("route: answers its methods, and the page of the same path the rest", async () => {
  const app = make();
  assert.equal((await load(app, "/both/7")).body, "<p>7</p>");
  assert.deepEqual((await ask(app, "/both/7", { method: "POST" })).slice(0, 2), [200, "posted 7"]);
  const [status, , headers] = await ask(app, "/both/7", { method: "PUT" });
  assert.deepEqual([status, headers.get("allow")], [405, "GET, HEAD, POST, OPTIONS"]);
  const [options, , allowed] = await ask(app, "/both/7", { method: "OPTIONS" });
  assert.deepEqual([options, allowed.get("allow")], [204, "GET, HEAD, POST, OPTIONS"]);
});

timed(
  "route: GET answers HEAD too; nothing is cached unless it says so; a wrong method names the right ones",
  async () => {
    const app = make();
    const [status, body, headers] = await ask(app, "/data?q=1");
    assert.deepEqual([status, body, headers.get("cache-control")], [200, '["1",null]', "private, no-store"]);
    assert.deepEqual((await ask(app, "/data", { method: "HEAD" })).slice(0, 2), [200, ""]);
    assert.equal((await ask(app, "/data", { method: "DELETE" }))[0], 204);
    const [refused, , allow] = await ask(app, "/data", { method: "POST" });
    assert.deepEqual([refused, allow.get("allow")], [405, "GET, DELETE, OPTIONS"]);
    assert.equal((await ask(app, "/nothing"))[0], 500);
    assert.throws(() => app.route("/empty", {}), /the route has no handler/);
  },
);

timed("form: fields come in their order, repeated and blank ones too, a file by its name", async () => {
  const app = make();
  const form = new FormData();
  form.append("a", "1");
  form.append("file", new File(["content"], "name.txt"));
  form.append("a", "");
  form.append("__proto__", "x");
  const expected = '[["a","file","__proto__"],["1",""]]';
  assert.deepEqual((await ask(app, "/form", { method: "POST", body: form })).slice(0, 2), [200, expected]);
  const body = new URLSearchParams([["a", "ü €"], ["b", ""]]);
  assert.deepEqual((await ask(app, "/form", { method: "POST", body })).slice(0, 2), [
    200,
    '[["a","b"],["ü €"]]',
  ]);
});

timed("form: what is too large, too much, no form or broken is refused with the right status", async () => {
  const app = make({ limits: { bodyBytes: 2000, fields: 3, field: 1000 } });
  const urlencoded = { "content-type": "application/x-www-form-urlencoded" };
  const status = async (body: BodyInit, headers: Record<string, string> = urlencoded) =>
    (await ask(app, "/form", { method: "POST", body, headers }))[0];
  assert.equal(await status(`a=${"x".repeat(1000)}`), 200);
  assert.equal(await status(`a=${"x".repeat(1001)}`), 413);
  assert.equal(await status("a=1&a=1&a=1&a=1"), 413);
  assert.equal(await status(`a=${"x".repeat(2000)}`), 413);
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("x".repeat(500))),
  });
  assert.equal(await status(endless), 413);
  assert.equal(await status('{"a":1}', { "content-type": "application/json" }), 415);
  assert.equal(await status("a=1", { "content-type": "text/plain" }), 415);
  assert.equal(await status("a=1", { ...urlencoded, "content-encoding": "gzip" }), 415);
  assert.equal(await status("no boundary", { "content-type": "multipart/form-data; boundary=x" }), 400);
  assert.equal(await status("no boundary", { "content-type": "multipart/form-data" }), 400);
  assert.equal(await status("short=long"), 400, "a reader's own refusal is the sender's fault");
});
