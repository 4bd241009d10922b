import assert from "node:assert/strict";
import { App, redirect } from "@argyle/argyle";
import { load, MemoryLog, timed } from "../helpers/peer.ts";
import { RawPeer } from "../helpers/raw.ts";

async function ask(app: App, path: string, cookie = ""): Promise<Response> {
  const headers: HeadersInit = cookie === "" ? {} : { cookie };
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`, { headers }));
  await response.body?.cancel();
  return response;
}

timed(
  "fetch: a response whose headers cannot be changed goes out with ours, from wherever it comes",
  async () => {
    const away = () => Response.redirect("http://127.0.0.1/elsewhere");
    const app = new App({ log: new MemoryLog() });
    app.use(({ path }, next) => path === "/middleware" ? away() : next());
    app.page("/", () => "home");
    app.page("/page", away);
    app.page("/public", away, { cache: "public" });
    app.route("/route", { GET: away });
    const { cookie } = await load(app);
    for (const path of ["/route", "/page", "/public", "/middleware"]) {
      for (const known of ["", cookie]) {
        const response = await ask(app, path, known);
        const said = [
          response.status,
          response.headers.get("location"),
          response.headers.get("x-frame-options"),
        ];
        assert.deepEqual(said, [302, "http://127.0.0.1/elsewhere", "DENY"], `${path} ${known.slice(0, 10)}`);
      }
    }
  },
);

timed("fetch: a response that is none, or whose stream was used before, is 500 and one line", async () => {
  const log = new MemoryLog();
  const app = new App({ log });
  const once = new Response(new Blob(["once"]).stream());
  app.use(({ path }, next) => path === "/middleware" ? Response.error() : next());
  app.page("/", () => "home");
  app.route("/error", { GET: () => Response.error() });
  app.route("/used", { GET: () => once });
  const { cookie } = await load(app);
  assert.equal((await ask(app, "/used", cookie)).status, 200);
  for (const path of ["/error", "/used", "/middleware"]) {
    log.lines.length = 0;
    assert.equal((await ask(app, path, cookie)).status, 500, path);
    assert.equal(log.lines.length, 1, path);
  }
  assert.equal((await ask(app, "/", cookie)).status, 200);
});

timed(
  "cookie: what a cache may give to others, or may keep without being told, brings nobody's",
  async () => {
    const app = new App({ log: new MemoryLog() });
    const kept = (value: string) => () =>
      new Response("same for all", { headers: { "cache-control": value } });
    const values = ["public, max-age=60", "max-age=60", "s-maxage=60", "immutable, max-age=60"];
    app.use(({ path }, next) => path === "/middleware" ? new Response("from outside") : next());
    for (const [at, value] of values.entries()) {
      app.route(`/route/${at}`, { GET: kept(value) });
      app.page(`/page/${at}`, kept(value));
    }
    app.page("/redirect", () => redirect("/route/0"));
    const paths = values.flatMap((_, at) => [`/route/${at}`, `/page/${at}`]);
    for (const path of [...paths, "/redirect", "/middleware", "/favicon.ico"]) {
      const { headers } = await ask(app, path);
      const shared = !/\b(private|no-store)\b/.test(headers.get("cache-control") ?? "");
      assert.ok(!(shared && headers.has("set-cookie")), `${path} ${headers.get("cache-control")}`);
    }
  },
);

timed("headers: on the wire a server adds date and length, and does not say what it is", async () => {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => "home");
  app.route("/plain", { GET: () => new Response("plain") });
  await using server = await app.listen({ port: 0 });
  for (const path of ["/plain", "/", "/nothing"]) {
    using peer = await RawPeer.connect(server);
    await peer.send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`);
    const answer = await peer.answer();
    const alone = await ask(app, path);
    const added = new Set(answer?.headers.keys()).difference(new Set(alone.headers.keys()));
    assert.deepEqual([...added].filter((name) => name !== "content-length"), ["connection", "date"], path);
    assert.equal(answer?.headers.get("content-length"), String(answer?.text.length), path);
  }
});
