import assert from "node:assert/strict";
import { App, Reflex, topic } from "@argyle/argyle";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

const Orders = topic("orders"), Prices = topic("prices");

/** Counts how often each thing is loaded. */
function counter() {
  const counts: Record<string, number> = {};
  const count = (name: string) => counts[name] = (counts[name] ?? 0) + 1;
  return { counts, count };
}

class Steps extends Reflex<{ step?: number }> {
  next() {
    this.session.step = (this.session.step ?? 0) + 1;
  }
  order() {
    this.publish(Orders());
  }
}

timed("load: with a topic it is kept until that is published, and the page is shown anew then", async () => {
  const { counts, count } = counter();
  const app = new App<{ step?: number }>();
  app.reflexes({ Steps });
  app.page("/", async ({ load, session }) => (
    <main>
      <b id="orders">{await load(Orders(), () => count("orders"))}</b>
      <b id="prices">{await load("prices", () => count("prices"), { topics: [Prices()] })}</b>
      <b id="plain">{await load("plain", () => count("plain"))}</b>
      <i id="step" data-reflex="click->Steps#next">{session.step ?? 0}</i>
      <i data-reflex="click->Steps#order" />
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  assert.deepEqual(counts, { orders: 1, prices: 1, plain: 1 });
  await ann.call("Steps#next");
  assert.deepEqual(counts, { orders: 1, prices: 1, plain: 2 });
  assert.deepEqual(await ann.call("Steps#order"), ["patch", 2, [
    ["text", "orders", "2"],
    ["text", "plain", "3"],
  ], [2]]);
  assert.deepEqual(counts, { orders: 2, prices: 1, plain: 3 });
  await app.publish(Prices());
  assert.deepEqual(await ann.next(), ["patch", 3, [["text", "prices", "2"], ["text", "plain", "4"]]]);
  assert.deepEqual(counts, { orders: 2, prices: 2, plain: 4 });
});

timed(
  "load: nobody gets what was loaded for another, whatever the key; load.shared is for everybody",
  async () => {
    const { counts, count } = counter();
    const app = new App<{ step?: number }>();
    app.page("/:shelf", async ({ load, params }) => (
      <main>
        {await load("mine", () => `own${count("mine")}${params.shelf}`, { topics: [Orders()] })}
        {await load.shared("all", () => `all${count("all")}`, { topics: [Orders()] })}
      </main>
    ));
    const ann = await load(app, "/a"), bob = await load(app, "/a");
    assert.match(ann.body, />own1aall1</);
    assert.match(bob.body, />own2aall1</);
    assert.match((await load(app, "/a", { cookie: ann.cookie })).body, />own1aall1</);
    assert.match((await load(app, "/b", { cookie: ann.cookie })).body, />own3ball1</);
    assert.deepEqual(counts, { mine: 3, all: 1 });
  },
);

timed("load: many at once are one; one that fails is not kept", async () => {
  let n = 0, asked = 0;
  const log = new MemoryLog(), app = new App({ log });
  const { promise, resolve } = Promise.withResolvers<void>();
  app.page("/", async ({ load }) => {
    asked++;
    const text = await load.shared("slow", async () => {
      const mine = ++n;
      await promise;
      if (mine === 1) throw new Error("not yet");
      return `text ${mine}`;
    }, { topics: [Orders()] });
    return <p>{text}</p>;
  });
  const first = [load(app), load(app), load(app)];
  while (n === 0 || asked < first.length) await new Promise((resolve) => setTimeout(resolve));
  resolve();
  assert.deepEqual((await Promise.all(first)).map(({ response }) => response.status), [500, 500, 500]);
  assert.equal(n, 1);
  assert.match((await load(app)).body, /text 2/);
  assert.match((await load(app)).body, /text 2/);
});

timed("load: what was published while it was under way is loaded again", async () => {
  let data = "old", n = 0;
  const waits: (() => void)[] = [];
  const app = new App();
  app.page("/", async ({ load }) => {
    const text = await load(Orders(), async () => {
      n++;
      const read = data;
      if (n === 2) await new Promise<void>((resolve) => waits.push(resolve));
      return read;
    });
    return <p id="text">{text}</p>;
  });
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  data = "middle";
  await app.publish(Orders());
  while (waits.length === 0) await ann.quiet();
  data = "new";
  await app.publish(Orders());
  waits[0]!();
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", "text", "middle"]]]);
  assert.deepEqual(await ann.next(), ["patch", 2, [["text", "text", "new"]]]);
});

timed(
  "load.shared: reading what is one person's in it is an error, also through a context kept for that",
  async () => {
    const log = new MemoryLog();
    const app = new App<{ name?: string }>({ log });
    const names = ["session", "state", "user"] as const;
    for (const name of names) {
      app.page(`/${name}`, async (context) => {
        await context.load.shared("x", async () => {
          await Promise.resolve();
          return String(context[name]);
        }, { topics: [Orders()] });
        return <p>never</p>;
      });
    }
    app.page("/get", async (context) => {
      await context.load.shared("x", () => context.get({ name: "x", initial: { value: 1 } }), {
        topics: [Orders()],
      });
      return <p>never</p>;
    });
    app.page("/own", async (context) => <p>{await context.load("x", () => context.user ?? "nobody")}</p>);
    for (const path of [...names.map((name) => `/${name}`), "/get"]) {
      assert.equal((await load(app, path)).response.status, 500, path);
      assert.match(
        log.lines.at(-1) ?? "",
        /Cannot read .* in a shared load: what it gives is for everybody\./,
      );
    }
    assert.match((await load(app, "/own")).body, /nobody/);
  },
);

timed("load: one of a topic that the person may not see does not run", async () => {
  let ran = 0;
  const Staff = topic("staff", { authorize: ({ user }) => Promise.resolve(user !== undefined) });
  const app = new App();
  app.page("/", async ({ load }) => <p>{await load(Staff(), () => ++ran)}</p>);
  assert.equal((await load(app)).response.status, 403);
  assert.equal(ran, 0);
});

timed("load: no more are kept than there is room for", async () => {
  const { counts, count } = counter();
  const app = new App({ limits: { loads: 2 } });
  app.page("/", async ({ load, query }) => {
    const name = query.get("n") ?? "";
    return <p>{await load.shared(["n", name], () => count(name), { topics: [Orders()] })}</p>;
  });
  for (const n of ["a", "b", "a", "c", "a", "b"]) await load(app, `/?n=${n}`);
  assert.deepEqual(counts, { a: 1, b: 2, c: 1 });
});
