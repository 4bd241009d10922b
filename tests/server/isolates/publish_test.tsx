import assert from "node:assert/strict";
import { App, type Engine, Live, on, ops, Reflex, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Items = topic("items"), Room = topic("room/:room");
const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

/** One isolate of an app whose data lie outside of it. */
function isolate(engine: Engine, items: string[], clock?: FakeClock) {
  const log = new MemoryLog();
  class Lists extends Reflex {
    add(item: string) {
      items.push(item);
      this.publish(Items());
    }
    refuse(item: string) {
      items.push(item);
      this.publish(Items());
      this.abort("Never mind.");
    }
    ring() {
      items.push("ring");
      this.publish(Items());
      this.broadcast(Items(), ops().textContent("#said", "ding"));
    }
    offer() {
      this.broadcast(Items(), ops().innerHtml("#said", <b {...on("click", Lists, "add", "offered")}>Add</b>));
    }
    tabs() {
      this.broadcast("session", ops().setTitle("to all tabs"));
    }
  }
  const app = new App({ ...engine, log, secrets, ...clock === undefined ? {} : { clock } });
  app.reflexes({ Lists });
  const page = () => (
    <main>
      <output id="items">{items.join()}</output>
      <p id="said" />
      <i {...on("click", Lists, "add", "b")} />
      <i {...on("click", Lists, "refuse", "x")} />
      <i {...on("click", Lists, "ring")} />
      <i {...on("click", Lists, "offer")} />
      <i {...on("click", Lists, "tabs")} />
    </main>
  );
  app.page("/", ({ subscribe }) => {
    subscribe(Items());
    return page();
  });
  app.page("/shared", ({ subscribe }) => {
    subscribe(Items());
    return page();
  }, { key: () => "all" });
  app.page(
    "/part",
    () => (
      <Live id="part" topic={Room({ room: "a" })}>{() => <output id="items">{items.join()}</output>}</Live>
    ),
  );
  return { app, log };
}

function two(engine: Engine = memory()) {
  const items = ["a"];
  const here = isolate(engine, items), there = isolate(engine, items);
  const logs = () => [...here.log.lines, ...there.log.lines];
  return { here: here.app, there: there.app, items, logs };
}

for (const path of ["/", "/shared"]) {
  timed(`${path}: who is subscribed in another isolate is shown what a call has published`, async () => {
    const { here, there, logs } = two();
    await using one = await here.listen({ port: 0 }), other = await there.listen({ port: 0 });
    await using ann = await Peer.live(one, await load(here, path));
    await using bob = await Peer.live(other, await load(there, path));
    assert.deepEqual(await ann.call("Lists#add", ["b"]), ["patch", 1, [["text", "items", "a,b"]], [1]]);
    assert.deepEqual(await bob.next(), ["patch", 1, [["text", "items", "a,b"]]]);
    await ann.quiet(); // what comes back of the bus is not shown once more
    assert.deepEqual(logs().filter((line) => line.startsWith("error")), []);
  });

  timed(`${path}: operations come after what was published before them, to every isolate`, async () => {
    const { here, there } = two();
    await using one = await here.listen({ port: 0 }), other = await there.listen({ port: 0 });
    await using ann = await Peer.live(one, await load(here, path));
    await using bob = await Peer.live(other, await load(there, path));
    await ann.call("Lists#ring", []);
    assert.deepEqual(await bob.next(), ["patch", 1, [["text", "items", "a,ring"]]]);
    assert.deepEqual(await bob.next(), ["patch", 2, [["do", "textContent", "#said", { text: "ding" }]]]);
  });
}

timed("publish: a part alone is rendered again, in another isolate too", async () => {
  const { here, there, items } = two();
  await using other = await there.listen({ port: 0 });
  await using bob = await Peer.live(other, await load(there, "/part"));
  items.push("c");
  await here.publish(Room({ room: "b" }));
  await here.publish(Room({ room: "a" }));
  assert.deepEqual(await bob.next(), ["patch", 1, [["text", "items", "a,c"]]]);
});

timed("publish: nothing is told of a call that was not committed", async () => {
  const { here, there } = two();
  await using one = await here.listen({ port: 0 }), other = await there.listen({ port: 0 });
  await using ann = await Peer.live(one, await load(here));
  await using bob = await Peer.live(other, await load(there));
  assert.equal((await ann.call("Lists#refuse", ["x"]))[2], "halted");
  await ann.call("Lists#ring");
  assert.deepEqual(await bob.next(), ["patch", 1, [["text", "items", "a,x,ring"]]]);
});

timed("broadcast: what operations offer can be called in another isolate", async () => {
  const { here, there } = two();
  await using one = await here.listen({ port: 0 }), other = await there.listen({ port: 0 });
  await using ann = await Peer.live(one, await load(here));
  await using bob = await Peer.live(other, await load(there));
  await using eve = await Peer.live(other, await load(there, "/part"));
  await ann.call("Lists#offer");
  await bob.next();
  const [kind, version, , outcome] = await bob.call("Lists#add", ["offered"]);
  assert.deepEqual([kind, version, outcome], ["patch", 2, [1]]);
  // Whoever was not told of it cannot.
  assert.deepEqual(await eve.call("Lists#add", ["offered"]), ["resync", "offer"]);
});

timed("broadcast: all tabs of a session, and nobody else, in whichever isolate they are", async () => {
  const { here, there } = two();
  await using one = await here.listen({ port: 0 }), other = await there.listen({ port: 0 });
  const page = await load(here);
  await using ann = await Peer.live(one, page);
  await using tab = await Peer.live(other, await load(there, "/", { cookie: page.cookie }));
  await using bob = await Peer.live(other, await load(there));
  await ann.call("Lists#tabs");
  assert.deepEqual(await tab.next(), ["patch", 1, [["do", "setTitle", null, { title: "to all tabs" }]]]);
  await bob.quiet();
});

timed("app.publish and app.broadcast are heard in every isolate", async () => {
  const { here, there, items } = two();
  await using other = await there.listen({ port: 0 });
  await using bob = await Peer.live(other, await load(there));
  items.push("c");
  await here.publish(Items());
  assert.deepEqual(await bob.next(), ["patch", 1, [["text", "items", "a,c"]]]);
  await here.broadcast(Items(), ops().setTitle("hello"));
  assert.deepEqual(await bob.next(), ["patch", 2, [["do", "setTitle", null, { title: "hello" }]]]);
});

for (const path of ["/", "/shared", "/part"]) {
  timed(
    `${path}: a socket that comes to another isolate than its page finds it true, and sends nothing`,
    async () => {
      const { here, there, items } = two();
      await using other = await there.listen({ port: 0 });
      await using ann = await Peer.live(other, await load(here, path));
      await ann.quiet();
      items.push("b");
      await there.publish(Items(), Room({ room: "a" }));
      assert.deepEqual(await ann.next(), ["patch", 1, [["text", "items", "a,b"]]]);
    },
  );

  timed(
    `${path}: a socket that comes to another isolate, where something has changed, loads the page again`,
    async () => {
      const { here, there, items } = two();
      await using other = await there.listen({ port: 0 });
      const page = await load(here, path);
      items.push("b");
      await using ann = await Peer.connect(other, { cookie: page.cookie });
      ann.hello(page);
      assert.deepEqual(await ann.next(), ["resync", "base"]);
    },
  );
}

timed("a gap: whatever depends on a topic is rendered again", async () => {
  const engine = memory();
  const gaps: (() => void)[] = [];
  const bus: Engine["bus"] = {
    name: "lossy",
    replay: false,
    publish: () => Promise.resolve(),
    listen: (_channel, { gap }) => {
      gaps.push(gap);
      return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() });
    },
  };
  const { here, there, items } = two({ ...engine, bus });
  await using _here = here;
  await using other = await there.listen({ port: 0 });
  const pages = await Promise.all(["/", "/shared", "/part"].map((path) => load(there, path)));
  await using own = await Peer.live(other, pages[0]!), shared = await Peer.live(other, pages[1]!);
  await using part = await Peer.live(other, pages[2]!);
  items.push("b");
  await here.publish(Items());
  await own.quiet();
  for (const gap of gaps) gap();
  for (const peer of [own, shared, part]) {
    assert.deepEqual(await peer.next(), ["patch", 1, [["text", "items", "a,b"]]]);
  }
});

timed(
  "a bus that is away when the app begins: pages are served, and hear the others as soon as it is there",
  async () => {
    const clock = new FakeClock(), engine = memory({ clock });
    let isAway = true;
    const bus: Engine["bus"] = {
      name: "late",
      replay: true,
      publish: (publication) => engine.bus.publish(publication),
      listen: (channel, listener) =>
        isAway ? Promise.reject(new Error("connection refused")) : engine.bus.listen(channel, listener),
    };
    const items = ["a"], here = isolate(engine, items, clock);
    const there = isolate({ store: engine.store, bus }, items, clock);
    await using server = await there.app.listen({ port: 0 });
    await using bob = await Peer.live(server, await load(there.app));
    items.push("b");
    await here.app.publish(Items());
    await bob.quiet();
    clock.turn(500);
    await bob.quiet();
    isAway = false;
    clock.turn(1000);
    assert.deepEqual(await bob.next(), ["patch", 1, [["text", "items", "a,b"]]]);
    items.push("c");
    await here.app.publish(Items());
    assert.deepEqual(await bob.next(), ["patch", 2, [["text", "items", "a,b,c"]]]);
    assert.deepEqual(there.log.lines.filter((line) => line.startsWith("error")).length, 1);
  },
);

timed("store and bus of two engines: what a call publishes is told over the bus that was given", async () => {
  const { store } = memory(), { bus } = memory();
  const { here, there } = two({ store, bus });
  await using one = await here.listen({ port: 0 }), other = await there.listen({ port: 0 });
  await using ann = await Peer.live(one, await load(here));
  await using bob = await Peer.live(other, await load(there));
  assert.deepEqual(await ann.call("Lists#add", ["b"]), ["patch", 1, [["text", "items", "a,b"]], [1]]);
  assert.deepEqual(await bob.next(), ["patch", 1, [["text", "items", "a,b"]]]);
});

timed(
  "a bus that is away: a call is done and shown here, app.publish says that others may not know",
  async () => {
    const clock = new FakeClock(), engine = memory({ clock });
    const bus: Engine["bus"] = {
      name: "away",
      replay: true,
      publish: () => Promise.reject(new Error("connection refused")),
      listen: (channel, listener) => engine.bus.listen(channel, listener),
    };
    const items = ["a"], { app, log } = isolate({ store: engine.store, bus }, items, clock);
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app));
    assert.deepEqual(await ann.call("Lists#add", ["b"]), ["patch", 1, [["text", "items", "a,b"]], [1]]);
    items.push("c");
    const published = assert.rejects(
      app.publish(Items()),
      /Cannot publish to away: what was committed before/,
    );
    assert.deepEqual(await ann.next(), ["patch", 2, [["text", "items", "a,b,c"]]]);
    clock.turn(5000);
    await published;
    await assert.rejects(app.publish(Room({ room: "a" })), /connection refused/);
    assert.ok(log.lines.some((line) => line.startsWith("error")), log.lines.join("\n"));
  },
);

timed("an isolate that is alone on a bus that knows it says nothing, and tells who comes", async () => {
  const engine = memory(), items = ["a"];
  let published = 0;
  const { bus } = engine, publish = bus.publish.bind(bus);
  bus.publish = (publication) => {
    published++;
    return publish(publication);
  };
  const { app: here } = isolate(engine, items);
  await using one = await here.listen({ port: 0 });
  await using ann = await Peer.live(one, await load(here));
  await ann.call("Lists#add", ["b"]);
  await here.publish(Items());
  assert.equal(published, 0);
  const { app: there } = isolate(engine, items);
  await using other = await there.listen({ port: 0 });
  await using bob = await Peer.live(other, await load(there));
  assert.deepEqual(await ann.call("Lists#add", ["b"]), ["patch", 2, [["text", "items", "a,b,b"]], [2]]);
  assert.deepEqual(await bob.next(), ["patch", 1, [["text", "items", "a,b,b"]]]);
});
