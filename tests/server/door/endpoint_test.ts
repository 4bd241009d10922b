import assert from "node:assert/strict";
import { anyone, App, contextKey, HttpError, redirect } from "@argyle/argyle";
import { Close, defaultLimits } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import type { EndpointContext } from "@argyle/argyle/types";
import { siteOf } from "../../../server/app.ts";
import { addEndpoint } from "../../../server/door/endpoint_door.ts";
import type { Endpoint } from "../../../server/socket/endpoint.ts";
import { appWith, ask, Echo, EndpointPeer } from "../../helpers/endpoint.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const ways = {
  "over a server": async (app: App, asking = {}) => {
    const server = await app.listen({ port: 0 });
    return { peer: await EndpointPeer.connect(server, asking), stop: () => server.stop() };
  },
  "in memory": async (app: App, asking = {}) => ({
    peer: await EndpointPeer.inMemory(app, asking),
    stop: () => app[Symbol.asyncDispose](),
  }),
};

for (const [way, open] of Object.entries(ways)) {
  timed(
    `endpoint: ${way}: what comes is handed on, what is sent arrives, and the end is heard of`,
    async () => {
      const echo = new Echo();
      const { peer, stop } = await open(appWith(echo));
      assert.equal(await peer.say("hello"), "hello");
      echo.met[0]!.line.send("by itself");
      assert.equal(await peer.next(), "by itself");
      assert.equal(echo.gone, 0);
      await peer[Symbol.asyncDispose]();
      await echo.met[0]!.line.gone;
      assert.equal(echo.gone, 1);
      await stop();
    },
  );

  timed(`endpoint: ${way}: the context says who asks, and its request stays readable`, async () => {
    const Tenant = contextKey<string>("tenant"), echo = new Echo();
    const app = appWith(echo);
    app.use(({ set, request }, next) => {
      set(Tenant, request.headers.get("x-tenant")!);
      return next();
    });
    const headers = { "x-tenant": "acme", authorization: "Bearer 1" };
    const { peer, stop } = await open(app, { headers, path: "/ws?room=1" });
    await peer.say("open");
    const [{ context }] = echo.met as [Echo["met"][number]];
    assert.equal(context, echo.asked[0]);
    const { get, request, url, id, origin, user, sessionId } = context;
    assert.equal(get(Tenant), "acme");
    assert.deepEqual([request.method, request.headers.get("authorization")], ["GET", "Bearer 1"]);
    assert.deepEqual([url.pathname, url.search, request.url], ["/ws", "?room=1", url.href]);
    assert.match(id, /^[0-9a-f]{12}$/);
    assert.deepEqual([origin, user, sessionId], [url.origin, undefined, undefined]);
    await peer[Symbol.asyncDispose]();
    await stop();
  });
}

timed("endpoint: what is sent while it connects arrives", async () => {
  class Greeting extends Echo {
    override connect(...given: Parameters<Echo["connect"]>) {
      given[0].send("welcome");
      return super.connect(...given);
    }
  }
  const app = appWith(new Greeting());
  await using server = await app.listen({ port: 0 });
  await using peer = await EndpointPeer.connect(server);
  assert.equal(await peer.next(), "welcome");
});

timed("endpoint: bytes come as bytes, in their order among texts", async () => {
  await using server = await appWith(new Echo()).listen({ port: 0 });
  await using peer = await EndpointPeer.connect(server);
  peer.send(new Uint8Array(5));
  peer.send("text");
  assert.deepEqual([await peer.next(), await peer.next()], ["5 bytes", "text"]);
});

timed("endpoint: is found by its decoded path below the base, before pages and routes", async () => {
  class At extends Echo {
    override readonly path = "/chät/ws";
  }
  const app = appWith(new At(), { base: "/live" });
  app.page("/*", () => "a page");
  app.route("/:a/:b", { GET: () => new Response("a route") });
  await using _peer = await EndpointPeer.inMemory(app, { path: "/live/ch%C3%A4t/ws" });
  const status = async (path: string) => {
    const response = await ask(app, { path });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await status("/live/chät/ws/"), 200);
  assert.equal(await status("/live/ch%C3%84t/ws"), 200);
  assert.equal(await status("/ch%C3%A4t/ws"), 404);
});

timed("endpoint: of an app that is mounted", async () => {
  const inner = appWith(new Echo(), { base: "/in" });
  await using server = await new App({ log: new MemoryLog() }).mount(inner).listen({ port: 0 });
  await using peer = await EndpointPeer.connect(server, { path: "/in/ws" });
  assert.equal(await peer.say("in"), "in");
});

Deno.test("endpoint: a path that cannot be or is taken, and no authorize, are said at once", () => {
  const app = new App(), site = siteOf(app);
  const at = (path: string, authorize: unknown = anyone) =>
    addEndpoint(site, { path, authorize, connect: () => assert.fail() } as unknown as Endpoint);
  for (const path of ["", "ws", "/room/:room", "/all/*", "/a?b", "/a#b", "/_argyle/ws", "/{a}"]) {
    assert.throws(
      () => at(path),
      /^TypeError: Cannot add the endpoint .*: its path is like "\/ws\/sync"/,
      path,
    );
  }
  assert.throws(
    () => at("/ws", null),
    /^TypeError: Cannot add the endpoint "\/ws": say who may open it/,
  );
  assert.throws(() => at("/ws", true), /say who may open it/);
  at("/ws");
  assert.throws(() => at("/ws"), /^TypeError: Cannot add the endpoint "\/ws": the path is taken\.$/);
});

timed(
  "middleware: an answer of its own is the answer, whatever it is, and authorize is not asked",
  async () => {
    const answers: (() => Response | Promise<Response>)[] = [
      () => redirect("/login"),
      () => new Response("no", { status: 200 }),
      () => new Response(null, { status: 204 }),
    ];
    for (const answer of answers) {
      const echo = new Echo(), app = appWith(echo).use(answer);
      const { status } = await answer(), response = await ask(app);
      assert.equal(response.status, status);
      await response.body?.cancel();
      assert.deepEqual(echo.asked, []);
    }
  },
);

timed(
  "middleware: what refuses after it has gone on refuses; what only adds to the answer lets pass",
  async () => {
    const refuses = appWith(new Echo()).use(async (_context, next) => {
      await next();
      return new Response("closed today", { status: 451 });
    });
    const response = await ask(refuses);
    assert.deepEqual([response.status, await response.text()], [451, "closed today"]);
    const adds = appWith(new Echo()).use(async (_context, next) => {
      const { headers } = await next();
      return new Response("more", { headers: { ...Object.fromEntries(headers), "x-more": "1" } });
    });
    await using peer = await EndpointPeer.inMemory(adds);
    assert.equal(await peer.say("in"), "in");
  },
);

timed("middleware: sees the GET of the socket, and what it throws is its status", async () => {
  const seen: unknown[] = [];
  const app = appWith(new Echo()).use(({ request, path, url, user, sessionId }, next) => {
    seen.push(request.method, path, url.search, user, sessionId.length);
    if (request.headers.get("x-pass") === null) throw new HttpError(418, "Not without a pass.");
    return next();
  });
  const refused = await ask(app, { path: "/ws?a=1" });
  assert.equal(refused.status, 418);
  assert.match(await refused.text(), /Not without a pass\./);
  assert.deepEqual(seen, ["GET", "/ws", "?a=1", undefined, 22]);
  await using _peer = await EndpointPeer.inMemory(app, { headers: { "x-pass": "1" } });
});

timed("endpoint: a page's middleware that refuses after it has gone on refuses its socket too", async () => {
  let isClosed = false;
  const app = new App({ log: new MemoryLog() }).use(async (_context, next) => {
    const response = await next();
    return isClosed ? new Response("closed", { status: 403 }) : response;
  });
  app.page("/", () => "a page");
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  isClosed = true;
  await using peer = await Peer.connect(server, { cookie: page.cookie });
  peer.hello(page);
  assert.deepEqual(await peer.next(), ["resync", "left"]);
});

timed("authorize: may take its time, and its context is the handlers'", async () => {
  const gate = Promise.withResolvers<void>();
  const echo = new Echo(async ({ request }: EndpointContext) => {
    await gate.promise;
    return request.headers.get("authorization") === "Bearer good";
  });
  const app = appWith(echo);
  const good = EndpointPeer.inMemory(app, { origin: null, headers: { authorization: "Bearer good" } });
  const bad = ask(app, { origin: null, headers: { authorization: "Bearer bad" } });
  gate.resolve();
  await using peer = await good;
  assert.equal(await peer.say("in"), "in");
  const refused = await bad;
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /You may not open this socket\./);
});

timed(
  "connect: one that throws closes the socket so that its peer comes back, and is logged by its request",
  async () => {
    const log = new MemoryLog();
    class Broken extends Echo {
      override connect(): never {
        throw new Error("no database");
      }
    }
    await using server = await appWith(new Broken(), { log, limits: { sockets: 1 } }).listen({ port: 0 });
    for (let n = 0; n < 2; n++) {
      await using peer = await EndpointPeer.connect(server);
      assert.equal((await peer.ended()).code, Close.failed);
    }
    assert.match(log.lines.join("\n"), /a socket's handler failed: no database .*"request":"[0-9a-f]{12}"/);
  },
);

timed("connect: one that closes what it is given is told of the end, once", async () => {
  class Closing extends Echo {
    override connect(...given: Parameters<Echo["connect"]>) {
      given[0].close(4000, "Not now.");
      return super.connect(...given);
    }
  }
  const echo = new Closing();
  await using server = await appWith(echo).listen({ port: 0 });
  await using peer = await EndpointPeer.connect(server);
  assert.deepEqual(await peer.ended(), { code: 4000, reason: "Not now.", heard: [] });
  await echo.met[0]!.line.gone;
  assert.equal(echo.gone, 1);
});

timed("message: a handler that throws or rejects is logged by its request, and hears the next", async () => {
  const log = new MemoryLog(), heard: unknown[] = [];
  const echo = new Echo(() => true, {
    message(data) {
      heard.push(data);
      if (data === "1") throw new Error("thrown");
      if (data === "2") return Promise.reject(new Error("rejected"));
      echo.met[0]!.line.send("heard");
    },
  });
  await using peer = await EndpointPeer.inMemory(appWith(echo, { log }));
  for (const text of ["1", "2", "3"]) peer.send(text);
  assert.equal(await peer.next(), "heard");
  assert.deepEqual(heard, ["1", "2", "3"]);
  assert.match(log.lines.join("\n"), /thrown .*"request":"[0-9a-f]{12}"[^]*rejected/);
});

timed("endpoint: has to come back when it is 12 hours old", async () => {
  const clock = new FakeClock();
  await using server = await appWith(new Echo(), { clock }).listen({ port: 0 });
  await using peer = await EndpointPeer.connect(server);
  await peer.say("open");
  clock.turn(defaultLimits.socketAge - 1);
  await peer.say("still");
  clock.turn(1);
  assert.equal((await peer.ended()).code, Close.age);
});

timed(
  "drain: sockets are told to come back, and in how many milliseconds; none is taken any more",
  async () => {
    const gate = Promise.withResolvers<void>(), reached = Promise.withResolvers<void>();
    const app = appWith(
      new Echo(async ({ request }: EndpointContext) => {
        if (request.headers.get("x-slow") === null) return true;
        reached.resolve();
        await gate.promise;
        return true;
      }),
    );
    const peer = await EndpointPeer.inMemory(app);
    const server = await app.listen({ port: 0 });
    await using far = await EndpointPeer.connect(server);
    const slow = ask(app, { headers: { "x-slow": "1" } });
    await reached.promise;
    const stopped = server.stop();
    assert.equal((await peer.ended()).code, Close.restart);
    const { code, reason } = await far.ended();
    assert.deepEqual([code, reason], [Close.restart, "100 ms: the server restarts."]);
    gate.resolve();
    // Neither who comes now, nor who was being asked about.
    for (const response of [await ask(app), await slow]) {
      assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "1"]);
      assert.match(await response.text(), /The server restarts\./);
    }
    await stopped;
  },
);
