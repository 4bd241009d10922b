import assert from "node:assert/strict";
import { App, HttpError, on, Reflex, type Topic, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import type { AppOptions } from "@argyle/argyle/types";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

const Items = topic("items"), Other = topic("other");

function make(options: AppOptions = {}) {
  const log = new MemoryLog(), items = ["a"];
  let renders = 0;
  class Lists extends Reflex {
    add(item: string) {
      items.push(item);
      this.publish(Items());
    }
    silent() {
      items.push("silent");
    }
    refuse() {
      this.publish(Items());
      this.abort("Never mind.");
    }
    foreign() {
      this.publish(topic("cart/:user")({ user: "ann" }));
    }
  }
  const app = new App({ log, ...options });
  app.reflexes({ Lists });
  const show = (...topics: Topic[]) => {
    app.page("/", ({ subscribe }) => {
      renders++;
      subscribe(...topics);
      return (
        <main>
          <output id="items">{items.join()}</output>
          <i {...on("click", Lists, "add", "b")} />
          <i data-reflex="click->Lists#silent" />
          <i data-reflex="click->Lists#refuse" />
          <i data-reflex="click->Lists#foreign" />
        </main>
      );
    });
    return app;
  };
  return { app, show, items, log, renders: () => renders };
}

timed("publish: whoever is subscribed is shown it; the caller with the outcome, once", async () => {
  const { show, renders } = make();
  const app = show(Items());
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  await using bob = await Peer.live(server, await load(app));
  assert.deepEqual(await ann.call("Lists#add", ["b"]), ["patch", 1, [["text", "items", "a,b"]], [1]]);
  assert.deepEqual(await bob.next(), ["patch", 1, [["text", "items", "a,b"]]]);
  await ann.quiet();
  await bob.quiet();
  assert.equal(renders(), 4);
});

timed("publish: from the server's own code; who is not subscribed hears nothing", async () => {
  const { show, items, renders } = make();
  const app = show(Items());
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  items.push("z");
  await app.publish(Other());
  await ann.quiet();
  assert.equal(renders(), 1);
  await app.publish(Other(), Items());
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", "items", "a,z"]]]);
});

timed("publish: many at once are one render; nothing new is nothing sent", async () => {
  const { show, items, renders } = make();
  const app = show(Items(), Other());
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  for (const item of "bcdef") {
    items.push(item);
    void app.publish(Items(), Other());
  }
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", "items", "a,b,c,d,e,f"]]]);
  assert.equal(renders(), 2);
  await app.publish(Items());
  await ann.quiet();
  await ann.quiet();
  assert.equal(renders(), 3);
});

timed("publish: not without a commit, and not where authorize refuses it", async () => {
  const { show, renders } = make();
  const app = show(Items());
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  await using bob = await Peer.live(server, await load(app));
  assert.deepEqual(await ann.call("Lists#refuse"), ["error", 1, "halted", "Never mind."]);
  assert.deepEqual((await ann.call("Lists#foreign")).slice(0, 3), ["error", 2, "forbidden"]);
  await bob.quiet();
  assert.equal(renders(), 2);
});

timed("connect: what was published before the socket came is shown when it comes; else nothing", async () => {
  const { show, items, renders } = make();
  const app = show(Items());
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  items.push("b");
  await app.publish(Items());
  await using ann = await Peer.live(server, page);
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", "items", "a,b"]]]);
  assert.equal(renders(), 2);
  await using bob = await Peer.live(server, await load(app));
  await bob.quiet();
  assert.equal(renders(), 3);
});

timed("connect: a lost socket that comes back is shown what it has missed, in one patch", async () => {
  const { show, items } = make();
  const app = show(Items());
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  {
    await using ann = await Peer.live(server, page);
    await ann.call("Lists#add", ["b"]);
  }
  items.push("c", "d");
  await app.publish(Items());
  await using again = await Peer.live(server, page, { version: 1 });
  assert.deepEqual(await again.next(), ["patch", 2, [["text", "items", "a,b,c,d"]]]);
});

timed(
  "connect: an isolate that has not seen a page with topics renders it, and sends nothing while it is true",
  async () => {
    const engine = memory(), secrets = ["0123456789abcdefghijklmnopqrstuvwxyz"];
    const before = make({ ...engine, secrets }), after = make({ ...engine, secrets });
    const page = await load(before.show(Items())), app = after.show(Items());
    await using server = await app.listen({ port: 0 });
    await using peer = await Peer.live(server, page);
    await peer.quiet();
    after.items.push("b");
    await app.publish(Items());
    assert.deepEqual(await peer.next(), ["patch", 1, [["text", "items", "a,b"]]]);
    await using late = await Peer.connect(server, { cookie: page.cookie });
    late.hello(page);
    assert.deepEqual(await late.next(), ["resync", "base"]);
  },
);

timed("subscribe: who may not gets 403, and a right that goes ends the page", async () => {
  let open = true;
  const Secret = topic("secret", { authorize: async () => await Promise.resolve(open) });
  const { show, items } = make();
  const app = show(Secret());
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using ann = await Peer.live(server, page);
  open = false;
  items.push("classified");
  assert.equal((await load(app)).response.status, 403);
  await app.publish(Secret());
  assert.deepEqual(await ann.next(), ["resync", "left"]);
  await ann[Symbol.asyncDispose]();
  await using again = await Peer.connect(server, { cookie: page.cookie });
  again.hello(page);
  assert.deepEqual(await again.next(), ["resync", "left"]);
});

timed("subscribe: one topic too many is an error that says so", async () => {
  const { show, log } = make({ limits: { topics: 2 } });
  const app = show(Items(), Other(), Items());
  assert.equal((await load(app)).response.status, 200);
  const many = make({ limits: { topics: 1 } });
  assert.equal((await load(many.show(Items(), Other()))).response.status, 500);
  assert.match(many.log.lines.join(), /Cannot subscribe to other: a page has at most 1 topics\./);
  assert.deepEqual(log.lines, []);
});

timed(
  "subscribe: a page that throws when its topic is published says so, and is shown when it can be",
  async () => {
    let broken = false;
    const log = new MemoryLog(), app = new App({ log });
    let n = 0;
    app.page("/", ({ subscribe }) => {
      subscribe(Items());
      if (broken) throw new Error("secret detail");
      return <b id="n">{n}</b>;
    });
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app));
    broken = true;
    n++;
    await app.publish(Items());
    assert.deepEqual((await ann.next()).slice(0, 3), ["error", 0, "render"]);
    broken = false;
    await app.publish(Items());
    assert.deepEqual(await ann.next(), ["patch", 1, [["text", "n", "1"]]]);
    assert.ok(log.lines.some((line) => line.includes("secret detail")));
  },
);

timed("subscribe: when nobody is left, nothing is rendered and nothing is followed", async () => {
  const { show, renders } = make({ limits: { parked: 0 } });
  const app = show(Items());
  await using server = await app.listen({ port: 0 });
  {
    await using peer = await Peer.connect(server, { cookie: (await load(app)).cookie });
    await peer.quiet();
  }
  await app.publish(Items());
  await load(app);
  assert.equal(renders(), 2);
});

timed("session: another tab of the person is shown the topic from the person's own session", async () => {
  const Mine = topic("mine");
  class Counter extends Reflex<{ count?: number }> {
    add() {
      this.session.count = (this.session.count ?? 0) + 1;
      this.publish(Mine());
    }
  }
  const app = new App<{ count?: number }>();
  app.reflexes({ Counter });
  app.page("/", ({ session, subscribe }) => {
    subscribe(Mine());
    return <b id="n" data-reflex="click->Counter#add">{session.count ?? 0}</b>;
  });
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using one = await Peer.live(server, page);
  await using two = await Peer.live(server, await load(app, "/", { cookie: page.cookie }));
  await using stranger = await Peer.live(server, await load(app));
  assert.deepEqual(await one.call("Counter#add"), ["patch", 1, [["text", "n", "1"]], [1]]);
  assert.deepEqual(await two.next(), ["patch", 1, [["text", "n", "1"]]]);
  await stranger.quiet();
});

timed("HttpError: a page that refuses when its topic is published is loaded again", async () => {
  let gone = false;
  const app = new App();
  app.page("/", ({ subscribe }) => {
    subscribe(Items());
    if (gone) throw new HttpError(410, "Gone");
    return <b>here</b>;
  });
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  gone = true;
  await app.publish(Items());
  assert.deepEqual(await ann.next(), ["resync", "left"]);
});

for (const shared of [true, false]) {
  timed(
    `publish: while ${
      shared ? "a shared page" : "a page"
    } is being rendered for the first time, it is not lost`,
    async () => {
      let data = "old", waits: (() => void) | undefined;
      const app = new App();
      const page = async ({ subscribe }: { subscribe(topic: Topic): void }) => {
        subscribe(Items());
        const read = data;
        if (waits === undefined) await new Promise<void>((resolve) => waits = resolve);
        return <b id="data">{read}</b>;
      };
      if (shared) app.page("/", page, { key: () => "all" });
      else app.page("/", page);
      await using server = await app.listen({ port: 0 });
      const loading = load(app);
      while (waits === undefined) await new Promise((resolve) => setTimeout(resolve));
      data = "new";
      await app.publish(Items());
      waits();
      const loaded = await loading;
      assert.match(loaded.body, /old/);
      await using ann = await Peer.live(server, loaded);
      assert.deepEqual(await ann.next(), ["patch", 1, [["text", "data", "new"]]]);
    },
  );
}
