import assert from "node:assert/strict";
import { HttpError } from "@argyle/argyle";
import { Close, defaultLimits } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import type { AppOptions } from "@argyle/argyle/types";
import { addAccounts, enter } from "../helpers/account.tsx";
import { appWith, ask, Echo, EndpointPeer } from "../helpers/endpoint.ts";
import { load, MemoryLog, timed } from "../helpers/peer.ts";
import { RawPeer } from "../helpers/raw.ts";

async function open(echo = new Echo(), options: AppOptions = {}) {
  const log = new MemoryLog(), clock = new FakeClock();
  const app = addAccounts(appWith(echo, { log, clock, ...options }));
  const server = await app.listen({ port: 0 });
  return { echo, app, log, clock, server, [Symbol.asyncDispose]: () => server.stop() };
}

const handshake = (port: number, more: readonly string[] = []) =>
  [
    "GET /ws HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ...more,
    "\r\n",
  ].join("\r\n");

/** Lets the event loop turn until something is so: the network is the kernel's. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 0));
}

timed(
  "origin: a foreign one, and null, are refused with and without a cookie, and nobody is asked",
  async () => {
    await using site = await open();
    const { server, echo } = site, { port } = server, ann = await enter(site, "ann");
    const foreign = [
      "null",
      "",
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
      `http://127.0.0.1.evil.test:${port}`,
      "http://evil.test",
      `HTTP://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}/`,
      `${server.url}, ${server.url}`,
    ];
    for (const origin of foreign) {
      for (const cookie of [{}, { cookie: ann }]) {
        await assert.rejects(() => EndpointPeer.connect(server, { origin, ...cookie }), /403/, origin);
      }
    }
    assert.deepEqual(echo.asked, []);
  },
);

timed("origin: by its own a cookie says who it is, and one that does not verify says nothing", async () => {
  await using site = await open();
  const { server, echo, app } = site;
  const ann = await enter(site, "ann"), { cookie: nobody } = await load(app);
  const flipped = ann.replace(/.{30}$/, (end) => (end[0] === "A" ? "B" : "A") + end.slice(1));
  const [name] = ann.split("=");
  const rows: [cookie: string | undefined, user: string | undefined, hasSession: boolean][] = [
    [undefined, undefined, false],
    [flipped, undefined, false],
    [`${name}=`, undefined, false],
    [`${name}=${"A".repeat(100)}`, undefined, false],
    [`other=${ann.split("=")[1]}`, undefined, false],
    [nobody, undefined, true],
    [ann, "ann", true],
    [`${flipped}; ${ann}`, "ann", true],
  ];
  for (const [cookie, user, hasSession] of rows) {
    await using peer = await EndpointPeer.connect(server, cookie === undefined ? {} : { cookie });
    await peer.say("open");
    const { context } = echo.met.at(-1)!;
    assert.deepEqual([context.user, context.sessionId !== undefined], [user, hasSession], `${cookie}`);
    assert.equal(context.origin, server.url);
  }
});

timed("origin: without one no cookie says who it is, to nobody", async () => {
  const cookies: (string | null)[] = [];
  await using site = await open();
  const { server, echo, app } = site, ann = await enter(site, "ann");
  app.use(({ request, user }, next) => {
    cookies.push(request.headers.get("cookie"));
    assert.equal(user, undefined);
    return next();
  });
  for (const cookie of [{}, { cookie: ann }]) {
    await using peer = await EndpointPeer.connect(server, { origin: null, ...cookie });
    await peer.say("open");
    const { context: { user, sessionId, origin, request } } = echo.met.at(-1)!;
    assert.deepEqual([user, sessionId, origin], [undefined, undefined, undefined]);
    assert.equal(request.headers.get("cookie"), null);
  }
  assert.deepEqual(cookies, [null, null]);
});

timed("origin: over plain http from another machine no cookie says who it is", async () => {
  await using site = await open();
  const { app, echo } = site, ann = await enter(site, "ann");
  await using _peer = await EndpointPeer.inMemory(app, { at: "http://192.168.1.5", cookie: ann });
  const { user, sessionId, origin } = echo.met[0]!.context;
  assert.deepEqual([user, sessionId, origin], [undefined, undefined, "http://192.168.1.5"]);
});

timed("handshake: what is not one is refused with a status, and nobody is asked", async () => {
  await using site = await open();
  const { app, echo } = site;
  const status = async (headers: Record<string, string>, method = "GET") => {
    const response = await app.fetch(
      new Request("http://127.0.0.1/ws", { method, headers: { origin: "http://127.0.0.1", ...headers } }),
    );
    await response.body?.cancel();
    return response.status;
  };
  const socket = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-version": "13" };
  const key = { "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==" };
  assert.equal(await status({}), 426);
  assert.equal(await status({ ...socket, ...key, upgrade: "h2c" }), 426);
  assert.equal(await status({ ...socket, "sec-websocket-key": "short" }), 400);
  assert.equal(await status({ ...socket, ...key, connection: "close" }), 400);
  assert.equal(await status({ ...socket, ...key, "sec-websocket-version": "8" }), 426);
  for (const method of ["POST", "HEAD", "OPTIONS", "DELETE"]) {
    assert.equal(await status({ ...socket, ...key }, method), 405, method);
  }
  assert.deepEqual(echo.asked, []);
});

timed("authorize: only true lets in", async () => {
  for (const answer of [undefined, null, false, "true", 1, {}, [], Promise.resolve("yes"), () => true]) {
    const echo = new Echo(() => answer), app = appWith(echo);
    const response = await ask(app);
    assert.equal(response.status, 403, String(answer));
    assert.match(await response.text(), /You may not open this socket\./);
    assert.deepEqual([echo.asked.length, echo.met.length], [1, 0]);
  }
});

timed("authorize: what it throws is its status, or a reference and a line of the log", async () => {
  const throwing = (error: unknown) => [
    () => {
      throw error;
    },
    () => Promise.reject(error),
  ];
  for (const authorize of throwing(new HttpError(402, "Pay first.", { headers: { "x-price": "7" } }))) {
    const log = new MemoryLog(), response = await ask(appWith(new Echo(authorize), { log }));
    assert.deepEqual([response.status, response.headers.get("x-price")], [402, "7"]);
    assert.match(await response.text(), /Pay first\./);
    assert.deepEqual(log.lines, []);
  }
  for (const authorize of throwing(new Error("a secret of the database"))) {
    const log = new MemoryLog(), response = await ask(appWith(new Echo(authorize), { log }));
    const text = await response.text(), id = response.headers.get("x-request-id")!;
    assert.equal(response.status, 500);
    assert.ok(text.includes(id) && !text.includes("secret"), text);
    assert.match(
      log.lines.join(),
      new RegExp(`a request failed: a secret of the database .*"request":"${id}"`),
    );
  }
});

timed("authorize: one that does not answer in 10 s is 504, and what it does later harms nobody", async () => {
  const clock = new FakeClock(), log = new MemoryLog();
  const reached = Promise.withResolvers<void>(), late = Promise.withResolvers<boolean>();
  const echo = new Echo(() => {
    reached.resolve();
    return late.promise;
  });
  const app = appWith(echo, { clock, log, limits: { sockets: 1 } });
  const asked = ask(app);
  await reached.promise;
  clock.turn(defaultLimits.load - 1);
  clock.turn(1);
  const response = await asked;
  assert.equal(response.status, 504);
  assert.match(await response.text(), /could not be found out in time/);
  assert.match(log.lines.join(), /warn an endpoint's authorize took too long .*"path":"\/ws","ms":10000/);
  late.reject(new Error("too late"));
  await late.promise.catch(() => {});
  assert.deepEqual([echo.met.length, clock.waiting, log.lines.length], [0, 0, 1]);
});

timed("authorize: one that answers in time leaves no timer", async () => {
  const clock = new FakeClock();
  const response = await ask(appWith(new Echo(() => false), { clock }));
  await response.body?.cancel();
  assert.equal(clock.waiting, 0);
});

const tooLarge: [what: string, data: string | Uint8Array<ArrayBuffer>][] = [
  ["a text of one letter too many", "x".repeat(defaultLimits.frame + 1)],
  ["a text of fewer letters than bytes", "ü".repeat(defaultLimits.frame / 2 + 1)],
  ["bytes", new Uint8Array(defaultLimits.frame + 1)],
];

for (const [what, data] of tooLarge) {
  timed(`size: ${what} ends the line at once, by the protocol's own word, and nobody else's`, async () => {
    const heard: unknown[] = [];
    const echo = new Echo(() => true, {
      message: (data) => void heard.push(data),
      refuse: (code) => `refused: ${code}`,
    });
    await using site = await open(echo);
    await using other = await EndpointPeer.connect(site.server);
    await using peer = await EndpointPeer.connect(site.server);
    peer.send(data);
    peer.send("after");
    assert.deepEqual(await peer.ended(), {
      code: Close.tooLarge,
      reason: "A message has at most 65536 bytes.",
      heard: ["refused: too_large"],
    });
    assert.deepEqual(heard, []);
    echo.met[0]!.line.send("still here");
    assert.equal(await other.next(), "still here");
  });
}

timed(
  "size: as much as is allowed passes; where the protocol has no word, or fails, the line ends all the same",
  async () => {
    await using site = await open(new Echo());
    {
      await using peer = await EndpointPeer.connect(site.server);
      assert.equal((await peer.say("x".repeat(defaultLimits.frame))).length, defaultLimits.frame);
      assert.equal(await peer.say("ü".repeat(defaultLimits.frame / 2)), "ü".repeat(defaultLimits.frame / 2));
      peer.send(new Uint8Array(defaultLimits.frame));
      assert.equal(await peer.next(), "65536 bytes");
      peer.send("x".repeat(defaultLimits.frame + 1));
      const { code, heard } = await peer.ended();
      assert.deepEqual([code, heard], [Close.tooLarge, []]);
    }
    const failing = new Echo(() => true, {
      refuse() {
        throw new Error("no word");
      },
    });
    await using faulty = await open(failing);
    await using peer = await EndpointPeer.connect(faulty.server);
    peer.send("x".repeat(defaultLimits.frame + 1));
    assert.equal((await peer.ended()).code, Close.tooLarge);
    assert.match(faulty.log.lines.join(), /a socket's handler failed: no word/);
  },
);

const refusing = () => new Echo(() => true, { refuse: (code) => `refused: ${code}` });

timed("rate: a burst passes, then so many a second; the third refusal in 10 s ends the line", async () => {
  await using site = await open(refusing());
  const { clock } = site, { syncFrameBurst: burst, syncFramesPerSecond: perSecond } = defaultLimits;
  await using peer = await EndpointPeer.connect(site.server);
  for (let n = 0; n < burst; n++) peer.send(`${n}`);
  for (let n = 0; n < burst; n++) assert.equal(await peer.next(), `${n}`);
  assert.equal(await peer.say("one too many"), "refused: rate");
  clock.turn(1000 / perSecond);
  assert.equal(await peer.say("one more"), "one more");
  assert.equal(await peer.say("again too many"), "refused: rate");
  for (let n = 0; n < 10; n++) peer.send("flood");
  assert.deepEqual(await peer.ended(), {
    code: Close.policy,
    reason: "Too many messages.",
    heard: ["refused: rate"],
  });
});

timed("rate: bursts that are far apart do not add up", async () => {
  const limits = { syncFrameBurst: 2, syncFramesPerSecond: 1 };
  await using site = await open(refusing(), { limits });
  await using peer = await EndpointPeer.connect(site.server);
  for (let day = 0; day < 5; day++) {
    assert.deepEqual([await peer.say("1"), await peer.say("2")], ["1", "2"]);
    assert.deepEqual([await peer.say("3"), await peer.say("4")], ["refused: rate", "refused: rate"]);
    site.clock.turn(10_000);
  }
  for (const text of ["1", "2", "3"]) await peer.say(text);
  site.clock.turn(9_999);
  for (const text of ["1", "2"]) assert.equal(await peer.say(text), text);
  assert.equal(await peer.say("3"), "refused: rate");
  peer.send("4");
  assert.equal((await peer.ended()).code, Close.policy);
});

timed("rate: messages of no bytes and of bytes count as any other", async () => {
  await using site = await open(refusing(), { limits: { syncFrameBurst: 2, syncFramesPerSecond: 1 } });
  await using peer = await EndpointPeer.connect(site.server);
  peer.send("");
  peer.send(new Uint8Array(0));
  assert.deepEqual([await peer.next(), await peer.next()], ["", "0 bytes"]);
  assert.equal(await peer.say(""), "refused: rate");
});

timed(
  "rate: one of a hundred lines floods: it is closed after three refusals, the others do not notice",
  async () => {
    const others = 99, heard: string[] = [];
    const echo = new Echo(() => true, {
      refuse: (code) => `refused: ${code}`,
      message: (data) => void heard.push(data as string),
    });
    await using site = await open(echo, { limits: { syncFrameBurst: 50, syncFramesPerSecond: 10 } });
    const { server } = site;
    const flood = await EndpointPeer.connect(server);
    const peers = await Promise.all(Array.from({ length: others }, () => EndpointPeer.connect(server)));
    for (let n = 0; n < 400; n++) flood.send("flood");
    for (const peer of peers) peer.send("other");
    await until(() => heard.filter((text) => text === "other").length === others);
    // Where it had sent more than was read, its system may tell it of a reset before it has read the answers.
    assert.ok((await flood.ended()).heard.length <= 3);
    assert.equal(heard.filter((text) => text === "flood").length, 50);
    assert.equal(echo.gone, 1);
    for (const { line } of echo.met) line.send("still here");
    for (const peer of peers) assert.equal(await peer.next(), "still here");
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  },
);

timed(
  "sockets: a session, an address and an isolate have only so many, and give the places back",
  async () => {
    const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
    const rows = [
      { limits: { socketsPerSession: 1 }, sentence: /This session has as many/ },
      { limits: { socketsPerAddress: 1 }, sentence: /This address has as many/ },
      { limits: { sockets: 1 }, sentence: /This server has as many/ },
    ];
    for (const { limits, sentence } of rows) {
      const echo = new Echo(),
        app = addAccounts(appWith(echo, { clock: new FakeClock(), limits, trustProxy: 1 }));
      const { cookie } = await load(app);
      const same = { cookie, ...from("203.0.113.7") };
      {
        await using _peer = await EndpointPeer.inMemory(app, same);
        const response = await ask(app, same);
        assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "5"]);
        assert.match(await response.text(), sentence);
        assert.equal(echo.asked.length, 1, "nobody is asked about one too many");
        // Whoever is somebody else, from elsewhere, is not kept out by the session or the address.
        const other = await ask(app, { origin: null, ...from("203.0.113.8") });
        await other.body?.cancel();
        assert.equal(other.status, limits.sockets === 1 ? 503 : 101);
      }
      await echo.met[0]!.line.gone;
      await using _again = await EndpointPeer.inMemory(app, same);
    }
  },
);

timed(
  "sockets: programs without a session are counted by address and in all, not together as one session",
  async () => {
    const echo = new Echo(), app = appWith(echo, { limits: { socketsPerSession: 1, sockets: 3 } });
    await using _one = await EndpointPeer.inMemory(app, { origin: null });
    await using _two = await EndpointPeer.inMemory(app, { origin: null });
    await using _three = await EndpointPeer.inMemory(app);
    assert.equal((await ask(app, { origin: null })).status, 503);
  },
);

timed("sockets: of many who are asked about at once, as many come in as there is room for", async () => {
  const gate = Promise.withResolvers<boolean>(), echo = new Echo(() => gate.promise);
  const app = appWith(echo, { clock: new FakeClock(), limits: { sockets: 3 } });
  const asked = Array.from({ length: 10 }, () => ask(app));
  gate.resolve(true);
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  assert.deepEqual(statuses.sort(), [101, 101, 101, 503, 503, 503, 503, 503, 503, 503]);
});

/** A socket whose other end reads only when it is told to. */
async function connectSlowly(server: { port: number }): Promise<RawPeer> {
  const raw = await RawPeer.connect(server);
  await raw.send(handshake(server.port));
  assert.equal((await raw.answer())?.status, 101);
  return raw;
}

timed("slow reader: is behind, is told of what waits once they have read, and once", async () => {
  await using site = await open(new Echo(), { limits: { buffered: 256 * 1024 * 1024 } });
  const { echo, clock, server } = site;
  using raw = await connectSlowly(server);
  await until(() => echo.met.length === 1);
  const { line } = echo.met[0]!;
  let read = 0, sent = 0;
  const isRead = () => void read++;
  assert.equal(line.isBehind(isRead), false);
  for (const text = "x".repeat(1_000_000); !line.isBehind(isRead); sent++) line.send(text);
  assert.equal(line.isBehind(isRead), true);
  clock.turn(1000);
  assert.equal(read, 0);
  // Each was sent with a head of ten bytes.
  for (let left = sent * 1_000_010; left > 0;) left -= (await raw.text(1)).length;
  await until(() => !line.isBehind(isRead));
  clock.turn(1000);
  assert.equal(read, 1);
  assert.ok(line.open);
});

timed(
  "slow reader: who is too far behind, or does not read for half a minute, is told to come back",
  async () => {
    for (const how of ["much", "long"] as const) {
      const buffered = how === "much" ? defaultLimits.buffered : 256 * 1024 * 1024;
      await using site = await open(new Echo(), { limits: { buffered } });
      const { echo, clock, server } = site;
      using _raw = await connectSlowly(server);
      await until(() => echo.met.length === 1);
      const { line } = echo.met[0]!, text = "x".repeat(1_000_000);
      if (how === "much") { for (let n = 0; n < 100 && line.open; n++) line.send(text); }
      else {
        while (!line.isBehind(() => assert.fail("it has not read"))) line.send(text);
        clock.turn(defaultLimits.stuck - 1000);
        assert.ok(line.open);
        clock.turn(2000);
      }
      assert.deepEqual([line.open, echo.gone], [false, 1]);
    }
  },
);

// Without sanitizers: when a client goes away during the upgrade, Deno 2.9 leaves two ops that never complete.
Deno.test({
  name:
    "authorize: a client that goes away while it is asked about is nobody's peer, and gives its place back",
  timeout: 20_000,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const clock = new FakeClock(), gate = Promise.withResolvers<boolean>();
    const echo = new Echo(({ request }) => request.headers.has("x-slow") ? gate.promise : true);
    const app = appWith(echo, { clock, limits: { sockets: 1 } });
    const gone = Promise.withResolvers<void>(), answered = Promise.withResolvers<Response>();
    const stop = new AbortController(), { signal } = stop;
    const server = Deno.serve(
      { port: 0, signal, hostname: "127.0.0.1", onListen() {} },
      async (request, info) => {
        if (!request.headers.has("x-slow")) return await app.fetch(request, info);
        request.signal.addEventListener("abort", () => gone.resolve());
        const response = await app.fetch(request, info);
        answered.resolve(response);
        return response;
      },
    );
    const { port } = server.addr, url = `http://127.0.0.1:${port}`;
    const raw = await RawPeer.connect({ port });
    await raw.send(handshake(port, ["x-slow: 1"]));
    await until(() => echo.asked.length === 1);
    raw.close();
    await gone.promise;
    gate.resolve(true);
    assert.equal((await answered.promise).status, 101);
    // Deno tells of nothing: it is given up when it has not opened in time.
    await assert.rejects(() => EndpointPeer.connect({ url }), /503/);
    clock.turn(defaultLimits.firstFrame);
    await using back = await EndpointPeer.connect({ url });
    assert.equal(await back.say("in"), "in");
    assert.deepEqual([echo.met.length, echo.gone], [1, 0]);
    await back[Symbol.asyncDispose]();
    await app[Symbol.asyncDispose]();
    stop.abort(); // a shutdown would wait for the socket that never opens
  },
});
