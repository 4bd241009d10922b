import assert from "node:assert/strict";
import { App, Reflex } from "@argyle/argyle";
import { Hono } from "hono";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

class Counter extends Reflex {
  add() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
}

function make(base: string) {
  const app = new App({ base, log: new MemoryLog() });
  app.reflexes({ Counter });
  app.page("/", ({ session }) => (
    <main>
      <b id="count" data-reflex="click->Counter#add">{session.count ?? 0}</b>
    </main>
  ));
  return app;
}

/** Serves a handler of somebody else's, and looks at it as an app. */
function serve(handler: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  const url = `http://127.0.0.1:${server.addr.port}`;
  const app = {
    fetch: (request: Request) =>
      fetch(`${url}${new URL(request.url).pathname}`, { headers: request.headers }),
  } as App;
  return { url, app, [Symbol.asyncDispose]: () => server.shutdown() };
}

timed("mount: inside Hono, pages and sockets", async () => {
  const live = make("/live");
  const hono = new Hono();
  hono.get("/", (c) => c.text("Hono's own"));
  hono.all("/live/*", (c) => live.fetch(c.req.raw));
  await using server = serve((request) => hono.fetch(request));
  assert.equal(await (await fetch(server.url)).text(), "Hono's own");
  const page = await load(server.app, "/live/");
  await using peer = await Peer.live(server, page, { base: "/live" });
  assert.deepEqual(await peer.call("Counter#add"), [
    "patch",
    1,
    [["text", "count", "1"]],
    [1],
  ]);
});

timed("mount: inside a bare Deno.serve handler", async () => {
  const live = make("");
  await using server = serve((request) =>
    new URL(request.url).pathname === "/own" ? new Response("mine") : live.fetch(request)
  );
  assert.equal(await (await fetch(`${server.url}/own`)).text(), "mine");
  const page = await load(server.app);
  await using peer = await Peer.live(server, page);
  assert.equal((await peer.call("Counter#add"))[0], "patch");
});

timed("mount: another app inside ours, with its socket, session and stop", async () => {
  const outer = new App({ log: new MemoryLog() });
  outer.page("/", () => "outer");
  outer.mount(make("/live"));
  const server = await outer.listen({ port: 0 });
  const page = await load(outer, "/live");
  const peer = await Peer.live(server, page, { base: "/live" });
  assert.equal((await peer.call("Counter#add"))[0], "patch");
  await server.stop();
  assert.equal((await peer.ended()).code, 1012);
});

timed("health: 200 under any name, 503 while the server stops or its store is away", async () => {
  const app = make("/live");
  const ask = async (app: App) => {
    const response = await app.fetch(new Request("http://probe.internal/live/_argyle/health"));
    return [response.status, await response.text()];
  };
  assert.deepEqual(await ask(app), [200, "ok"]);
  await app[Symbol.asyncDispose]();
  assert.deepEqual(await ask(app), [503, "stopping"]);
  const away = new App({
    base: "/live",
    log: new MemoryLog(),
    store: {
      name: "away",
      durable: true,
      exclusive: true,
      get: () => Promise.reject(new Error("refused")),
      commit: () => Promise.reject(new Error("refused")),
    },
  });
  assert.deepEqual(await ask(away), [503, "not ready"]);
});
