import assert from "node:assert/strict";
import { App, on, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { Close, defaultLimits } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { goTo } from "../helpers/landed.ts";
import { SlowPeer } from "../helpers/slow_peer.ts";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

class Counter extends Reflex {
  add() {
    this.session.count = (this.session.count ?? 0) + 1;
    return this.session.count;
  }
}

async function open(options: AppOptions = {}) {
  const clock = new FakeClock(), app = new App({ log: new MemoryLog(), clock, ...options });
  const counted = { renders: 0 }, waiting: (() => void)[] = [];
  app.reflexes({ Counter });
  const add = on("click", Counter, "add");
  app.page("/", ({ session }) => <p id="n" {...add}>{session.count ?? 0}</p>);
  app.page("/there", ({ session }) => {
    counted.renders++;
    return <p id="there" {...add}>{session.count ?? 0}</p>;
  });
  app.page("/slow", async () => {
    counted.renders++;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return <p id="slow" {...add} />;
  });
  const server = await app.listen({ port: 0 });
  const page = await load(app);
  return {
    app,
    clock,
    counted,
    waiting,
    server,
    page,
    async [Symbol.asyncDispose]() {
      for (const resolve of waiting) resolve();
      await server.stop();
    },
  };
}

timed(
  "visits of one session: twenty at once, then ten a second; beyond, the browser loads the page",
  async () => {
    await using site = await open();
    const { clock, counted, page, server } = site;
    await using peer = await Peer.live(server, page);
    await using tab = await Peer.live(server, await load(site.app, "/", { cookie: page.cookie }));
    for (let id = 1; id <= defaultLimits.visitBurst; id++) await goTo(id % 2 ? peer : tab, id, "/there");
    const { renders } = counted;
    for (let id = 21; id <= 60; id++) {
      peer.send(["visit", id, "/there"]);
      assert.deepEqual(await peer.next(), ["go", "/there"]);
    }
    assert.equal(counted.renders, renders);
    // To point at links is as dear.
    peer.send(["visit", 61, "/slow", 1]);
    await peer.quiet();
    assert.equal(counted.renders, renders);
    // Others are not meant, and its calls are heard.
    await using other = await Peer.live(server, await load(site.app));
    await goTo(other, 1, "/there");
    assert.equal((await peer.call("Counter#add"))[0], "patch");
    clock.turn(100);
    await goTo(peer, 62, "/there");
    peer.send(["visit", 63, "/there"]);
    assert.deepEqual(await peer.next(), ["go", "/there"]);
  },
);

timed("visits of a page that loads for long: four of a socket at once, whoever waits for them", async () => {
  await using site = await open();
  const { counted, page, server } = site;
  await using peer = await Peer.live(server, page);
  for (let id = 1; id <= 4; id++) {
    peer.send(["visit", id, "/slow"]);
    while (counted.renders < id) await peer.quiet();
  }
  for (let id = 5; id <= 9; id++) {
    peer.send(["visit", id, "/slow"]);
    assert.deepEqual(await peer.next(), ["go", "/slow"]);
  }
  assert.equal(counted.renders, 4);
  assert.deepEqual(await peer.call("Counter#add"), ["patch", 1, [["text", "n", "1"]], [1, 1]]);
});

timed(
  "a flood of visits: calls between them are answered, and the socket is closed as for any frame",
  async () => {
    await using site = await open();
    const { page, server } = site;
    await using peer = await Peer.live(server, page);
    for (let id = 1; id <= 100; id++) peer.send(["visit", id, "/there"]);
    peer.send(["call", 1, 0, "Counter#add"]);
    let outcome: readonly unknown[] | undefined;
    while (outcome === undefined) {
      const frame = await peer.next();
      if (frame[0] === "done" || (frame[0] === "patch" && frame[3] !== undefined)) outcome = frame;
    }
    assert.ok(outcome[0] === "done" || (outcome[3] as unknown[])[0] === 1);
    for (let id = 101; id <= 300; id++) peer.send(["visit", id, "/there"]);
    // Where it had sent more than was read, its system may tell it of a reset before it has read the answers.
    await peer.ended();
  },
);

timed("what is no visit is refused, and the third closes the socket", async () => {
  await using site = await open();
  const { page, server, counted } = site;
  for (
    const frame of [
      ["visit"],
      ["visit", 0, "/there"],
      ["visit", 1.5, "/there"],
      ["visit", 2 ** 53, "/there"],
      ["visit", "1", "/there"],
      ["visit", 1, 7],
      ["visit", 1, ""],
      ["visit", 1, "there"],
      ["visit", 1, "//elsewhere.test/there"],
      ["visit", 1, "/\\elsewhere.test/there"],
      ["visit", 1, "https://elsewhere.test/"],
      ["visit", 1, "javascript:alert(1)"],
      ["visit", 1, "/there#part"],
      ["visit", 1, "/the\tre"],
      ["visit", 1, "/there\r\nset-cookie: a=b"],
      ["visit", 1, "/\0"],
      ["visit", 1, "/\x7f"],
      ["visit", 1, `/${"x".repeat(2048)}`],
      ["visit", 1, `/${"€".repeat(683)}`],
      ["visit", 1, "/there", 2],
      ["visit", 1, "/there", true],
      ["visit", 1, "/there", null],
    ]
  ) {
    await using peer = await Peer.live(server, page);
    peer.send(frame);
    assert.deepEqual((await peer.next()).slice(0, 3), ["error", 0, "malformed"], JSON.stringify(frame));
  }
  assert.equal(counted.renders, 0);
  await using peer = await Peer.live(server, page);
  await goTo(peer, 5, "/there");
  for (const id of [5, 4, 1]) {
    peer.send(["visit", id, "/"]);
    assert.deepEqual((await peer.next()).slice(0, 3), ["error", 0, "malformed"]);
  }
  assert.equal((await peer.ended()).code, Close.policy);
  await using early = await Peer.connect(server, { cookie: page.cookie });
  early.send(["visit", 1, "/there"]);
  assert.deepEqual(await early.next(), ["error", 0, "malformed", "The first frame is hello."]);
});

timed("an app that stops takes nobody to another page", async () => {
  await using site = await open();
  const { page, server, counted, waiting } = site;
  await using peer = await Peer.live(server, page);
  peer.send(["visit", 1, "/slow"]);
  while (counted.renders === 0) await peer.quiet();
  const stopped = server.stop();
  const { code, heard } = await peer.ended();
  assert.deepEqual([code, heard], [Close.restart, []]);
  for (const resolve of waiting) resolve();
  await stopped;
});

timed(
  "a page that a token names is nobody's but its session's, with the page that it has come from",
  async () => {
    await using site = await open();
    const { page, server, app } = site;
    await using peer = await Peer.live(server, page);
    assert.deepEqual((await peer.call("Counter#add"))[0], "patch");
    const { token } = await goTo(peer, 1, "/there");
    const other = await load(app);
    await using thief = await Peer.connect(server, { cookie: other.cookie });
    thief.hello({ token });
    assert.deepEqual(await thief.next(), ["resync", "stale"]);
  },
);

timed("a reader who does not read goes to another page all the same, from what they were sent", async () => {
  const News = topic("news");
  let n = 0;
  await using site = await open();
  const { app, server } = site;
  for (const path of ["/one", "/two"]) {
    app.page(path, ({ subscribe }) => {
      subscribe(News());
      return <p id="news">{`${path} ${n} `.padEnd(100_000, "x")}</p>;
    });
  }
  using slow = await SlowPeer.live(server, await load(app, "/one"));
  await using quick = await Peer.live(server, await load(app, "/one"));
  const change = async () => {
    n++;
    await app.publish(News());
    await quick.next();
  };
  while (n < 150) await change();
  await slow.send(["visit", 1, "/two"]);
  let last = 0, frame = await slow.next();
  for (; frame[0] === "patch"; frame = await slow.next()) assert.equal(frame[1], ++last);
  assert.ok(last < 150, `${last} patches`);
  assert.deepEqual(frame.slice(0, 3), ["page", 1, "/two"]);
  assert.ok(JSON.stringify(frame).includes("/two 150"));
  await change();
  assert.deepEqual((await slow.next()).slice(0, 2), ["patch", 1]);
});

timed(
  "pages that are kept ready: together they have as much room as pages whose socket is away",
  async () => {
    const engine = { limits: { parked: 2 * 20_000 + 3000 } };
    await using site = await open(engine);
    const { app, server } = site;
    let renders = 0;
    app.page("/large/:n", ({ params }) => {
      renders++;
      return <p id="large">{params.n.padEnd(10_000, "x")}</p>;
    });
    const peers = await Promise.all(
      Array.from({ length: 4 }, async () => await Peer.live(server, await load(app))),
    );
    try {
      for (const [at, peer] of peers.entries()) {
        peer.send(["visit", 1, `/large/${at}`, 1]);
        while (renders <= at) await peer.quiet();
        await peer.quiet();
      }
      // There is room for two: the last two of them, of whichever sockets.
      for (const [at, peer] of [...peers.entries()].reverse()) await goTo(peer, 2, `/large/${at}`);
      assert.equal(renders, 4 + 2);
    } finally {
      for (const peer of peers) await peer[Symbol.asyncDispose]();
    }
  },
);
