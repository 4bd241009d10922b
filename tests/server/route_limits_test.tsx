/** What a route may be sent: as much, and as slowly, as the app says or the route itself. */
import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import { FakeClock } from "@argyle/argyle/testing";
import { MemoryLog, timed } from "../helpers/peer.ts";

function make() {
  const log = new MemoryLog(), clock = new FakeClock();
  const app = new App({ log, clock, limits: { bodyBytes: 10 } });
  app.route("/text", { POST: async ({ request }) => new Response(await request.text()) });
  app.route("/large", { POST: async ({ request }) => new Response(await request.text()) }, {
    limits: { bodyBytes: 1000 },
  });
  app.route("/form", { POST: async ({ form }) => new Response((await form()).get("a").text(1000)) }, {
    limits: { bodyBytes: 1000 },
  });
  app.route("/deaf", { POST: () => new Response("deaf") });
  return { app, log, clock };
}

function post(app: App, path: string, body: BodyInit, type = "text/plain"): Promise<Response> {
  return app.fetch(
    new Request(`http://127.0.0.1${path}`, {
      method: "POST",
      body,
      headers: { "content-type": type, "sec-fetch-site": "same-origin" },
    }),
  );
}

async function told(response: Response): Promise<[number, string]> {
  return [
    response.status,
    (/<p>(.*?)<\/p>/.exec(await response.clone().text()) ?? [])[1] ?? await response.text(),
  ];
}

timed("route: a body of as many bytes as may be is read, and one more is a 413", async () => {
  const { app, log } = make();
  assert.deepEqual(await told(await post(app, "/text", "x".repeat(10))), [200, "x".repeat(10)]);
  const [status, text] = await told(await post(app, "/text", "x".repeat(11)));
  assert.equal(status, 413);
  assert.match(text, /A body has at most 10 bytes/);
  assert.deepEqual(log.lines, []);
});

timed("route: it may take more than the app does, as text and as a form", async () => {
  const { app } = make();
  assert.deepEqual(await told(await post(app, "/large", "x".repeat(1000))), [200, "x".repeat(1000)]);
  assert.equal((await told(await post(app, "/large", "x".repeat(1001))))[0], 413);
  const form = `a=${"x".repeat(900)}`;
  assert.deepEqual(
    await told(await post(app, "/form", form, "application/x-www-form-urlencoded")),
    [200, "x".repeat(900)],
  );
});

timed("route: a body that stops in the middle is a 408, by the clock", async () => {
  const { app, clock, log } = make();
  let cancelled = false;
  const asked = Promise.withResolvers<void>();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode("x")),
    pull: () => asked.resolve(), // the first chunk has been taken: the rest never comes
    cancel: () => {
      cancelled = true;
    },
  });
  const response = post(app, "/text", body);
  await asked.promise;
  clock.turn(10_000);
  assert.equal((await told(await response))[0], 408);
  assert.ok(cancelled);
  assert.deepEqual(log.lines, []);
});

timed("route: a body that nobody reads starts no timer and does no harm", async () => {
  const { app } = make();
  assert.deepEqual(await told(await post(app, "/deaf", "x".repeat(100))), [200, "deaf"]);
});

timed("route: markup of its own has a policy, unless it brings one", async () => {
  const { app } = make();
  const html = { "content-type": "text/html" };
  app.route("/own", { GET: () => new Response("<p>", { headers: html }) });
  app.route("/other", {
    GET: () => new Response("<p>", { headers: { ...html, "content-security-policy": "sandbox" } }),
  });
  const get = (path: string) => app.fetch(new Request(`http://127.0.0.1${path}`));
  const own = await get("/own"), other = await get("/other");
  assert.match(own.headers.get("content-security-policy") ?? "", /^default-src 'none'; script-src 'nonce-/);
  assert.equal(other.headers.get("content-security-policy"), "sandbox");
  await Promise.all([own.body?.cancel(), other.body?.cancel()]);
});
