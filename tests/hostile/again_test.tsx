import assert from "node:assert/strict";
import { App, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { Close } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { load, type LoadedPage, MemoryLog, Peer, timed } from "../helpers/peer.ts";

class Work extends Reflex {
  go() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
}

async function open(options: AppOptions = {}) {
  const clock = new FakeClock();
  const app = new App({ log: new MemoryLog(), clock, ...options });
  const counted = { renders: 0 };
  app.reflexes({ Work });
  app.page("/", ({ session }) => {
    counted.renders++;
    return <p id="p" data-reflex="click->Work#go">{session.count ?? 0}</p>;
  });
  const server = await app.listen({ port: 0 });
  const page = await load(app);
  return { app, clock, counted, server, page, [Symbol.asyncDispose]: () => server.stop() };
}

function again(app: App, { cookie, token }: LoadedPage): Promise<LoadedPage> {
  return load(app, "/", { cookie, visit: token });
}

timed(
  "a visit that loads its page again in a loop gets it ten times, then every 5 s, without a render",
  async () => {
    await using site = await open();
    const { app, clock, counted, page } = site;
    for (let i = 0; i < 10; i++) assert.equal((await again(app, page)).response.status, 200);
    const { renders } = counted;
    for (let i = 0; i < 100; i++) {
      const { response } = await again(app, page);
      assert.equal(response.status, 429);
      assert.equal(response.headers.get("retry-after"), "5");
    }
    assert.equal(counted.renders, renders);
    clock.turn(4999);
    assert.equal((await again(app, page)).response.headers.get("retry-after"), "1");
    clock.turn(1);
    // However often it asked in vain: in the end it is let in, and goes on as the same visit.
    const fresh = await again(app, page);
    assert.equal(fresh.visit, page.visit);
    assert.equal((await again(app, page)).response.status, 429);
    // Others of the same session, and the same person anew, are not meant.
    assert.equal((await load(app, "/", { cookie: page.cookie })).response.status, 200);
    await using _peer = await Peer.live(site.server, fresh);
    clock.turn(60_000);
    for (let i = 0; i < 10; i++) assert.equal((await again(app, page)).response.status, 200);
  },
);

timed("a page data that opens for nobody is no visit's, and costs what any GET does", async () => {
  await using site = await open();
  const { app, page } = site;
  for (let i = 0; i < 30; i++) {
    const { response } = await load(app, "/", { cookie: page.cookie, visit: `${page.token}x` });
    assert.equal(response.status, 200);
  }
});

timed(
  "hello with a wrong version in a loop on one socket: a hundred answers, then the socket is closed",
  async () => {
    // The rate of frames is out of the way: this is about first frames.
    await using site = await open({ limits: { frameBurst: 1000 } });
    const { counted, page } = site;
    const { renders } = counted;
    await using peer = await Peer.connect(site.server, { cookie: page.cookie });
    for (let i = 0; i < 100; i++) {
      peer.hello(page, 7);
      assert.deepEqual(await peer.next(), ["resync", "base"]);
    }
    peer.hello(page, 7);
    assert.equal((await peer.ended()).code, Close.behind);
    assert.equal(counted.renders, renders);
  },
);

timed(
  "hello in a loop over many sockets: the session has to wait, in the end it is let in, others always",
  async () => {
    await using site = await open({ limits: { helloBurst: 5, hello: 250 } });
    const { clock, page } = site;
    const tries = async (token: string) => {
      await using peer = await Peer.connect(site.server, { cookie: page.cookie });
      peer.hello({ token });
      const frame = await peer.next().catch(() => undefined);
      return frame?.[0] ?? (await peer.ended()).code;
    };
    for (let i = 0; i < 5; i++) assert.equal(await tries("nonsense"), "resync");
    for (let i = 0; i < 5; i++) assert.equal(await tries("nonsense"), Close.behind);
    assert.equal(await tries(page.token), Close.behind);
    await using _other = await Peer.live(site.server, await load(site.app));
    clock.turn(250);
    assert.equal(await tries(page.token), "ready");
  },
);

timed("a deploy: twenty tabs of one person load again and are live, all at once", async () => {
  await using site = await open();
  const { cookie } = site.page;
  const tabs = await Promise.all(Array.from({ length: 20 }, () => load(site.app, "/", { cookie })));
  const live = await Promise.all(tabs.map(async (tab) => {
    const stale = await Peer.connect(site.server, { cookie });
    stale.hello({ token: "of the build before" });
    assert.deepEqual(await stale.next(), ["resync", "stale"]);
    await stale[Symbol.asyncDispose]();
    return await Peer.live(site.server, await again(site.app, tab));
  }));
  for (const peer of live) await peer[Symbol.asyncDispose]();
});

timed("a line that comes and goes each ten seconds, for an hour, is never refused", async () => {
  await using site = await open();
  let page = site.page;
  for (let at = 0; at < 3_600; at += 10) {
    site.clock.turn(10_000);
    page = { ...await again(site.app, page), cookie: site.page.cookie };
    assert.equal(page.response.status, 200);
    await using peer = await Peer.connect(site.server, { cookie: page.cookie });
    peer.hello(page);
    assert.deepEqual(await peer.next(), ["ready", 0]);
  }
});
