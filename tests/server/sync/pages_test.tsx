import assert from "node:assert/strict";
import { action, anyone, App, Live, on, Reflex } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { type List, list, variable } from "@argyle/argyle/socksync";
import { FakeClock } from "@argyle/argyle/testing";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { addAccounts, enter } from "../../helpers/account.tsx";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";
import { Hand, until } from "../../helpers/sync.ts";
import { path, secrets } from "./_isolates.ts";
import { StoreItems } from "./_store_items.ts";

/** A shop: pages that show a variable and a list, in every way. */
function shop(options: AppOptions, products: List<string>) {
  const log = new MemoryLog(), stock = variable(0), renders: Record<string, number> = {};
  const shown = (page: string) => renders[page] = (renders[page] ?? 0) + 1;
  class Shop extends Reflex {
    async sell() {
      await stock.update((n) => n - 1);
    }
    async list(name: string) {
      await products.append(name);
    }
  }
  const app = new App({ log, secrets, ...options });
  app.reflexes({ Shop });
  const sync = app.sync(path, {
    stock,
    products,
    buy: action(z.object({ n: z.number() }), ({ n }) => stock.update((all) => all + n)),
    insert: action(
      z.object({ index: z.number(), value: z.string() }),
      ({ index, value }) => products.insert(index, value),
    ),
  }, { authorize: anyone });
  const calls = (
    <>
      <i {...on("click", Shop, "sell")} />
      <i {...on("click", Shop, "list", "jam")} />
    </>
  );
  const rows = (names: readonly string[]) => (
    <ul id="rows">{names.map((name) => <li key={name}>{name}</li>)}</ul>
  );
  app.page("/live", () => {
    shown("/live");
    return (
      <main>
        <p>{"around ".repeat(200)}</p>
        <Live id="stock" topic={stock}>{() => <output id="n">{stock.value}</output>}</Live>
        {calls}
      </main>
    );
  });
  app.page("/subscribe", ({ subscribe }) => {
    shown("/subscribe");
    subscribe(stock);
    return (
      <main>
        <output id="n">{stock.value}</output>
        {calls}
      </main>
    );
  });
  app.page("/rows", async ({ subscribe }) => {
    shown("/rows");
    subscribe(products);
    return (
      <main>
        {rows(await products.slice(0, 10))}
        {calls}
      </main>
    );
  });
  const loading = async ({ load }: { load: LoadRows }) => {
    shown("/load");
    return (
      <main>
        {rows(await load(products, () => products.slice(0, 10)))}
        {calls}
      </main>
    );
  };
  app.page("/load", loading);
  app.page("/keyed", loading, { key: () => "all" });
  return { app, log, stock, products, sync, renders, options };
}

type LoadRows = (topic: List<string>, load: () => Promise<readonly string[]>) => Promise<readonly string[]>;

/** Two isolates of a shop whose list lies in the store. */
function two(clock?: FakeClock) {
  const engine = memory(clock === undefined ? {} : { clock });
  const options = { ...engine, ...clock !== undefined && { clock } };
  const make = () => shop(options, list(new StoreItems<string>(engine.store)));
  return [make(), make()] as const;
}

const count = (peer: Peer) => new TextEncoder().encode(peer.texts.at(-1)!).length;

for (const page of ["/live", "/subscribe"]) {
  timed(
    `${page}: a variable: changed by a call, a reflex, the server, here and elsewhere, with few bytes`,
    async () => {
      const [here, there] = two();
      await using one = await here.app.listen({ port: 0 }), other = await there.app.listen({ port: 0 });
      await using ann = await Peer.live(one, await load(here.app, page));
      await using bob = await Peer.live(other, await load(there.app, page));
      await using hand = await Hand.open(other, { path });
      const shows = async (n: number, step: number) => {
        for (const peer of [ann, bob]) {
          assert.deepEqual((await peer.next()).slice(0, 3), ["patch", step, [["text", "n", `${n}`]]]);
          assert.ok(count(peer) < 50, `${peer.texts.at(-1)}`);
        }
      };
      await here.stock.set(5);
      await shows(5, 1);
      assert.equal((await hand.call("buy", { n: 10 }))["value"], 15);
      await shows(15, 2);
      ann.send(["call", 1, 0, "Shop#sell", [], {}]);
      await shows(14, 3);
      for (const { log } of [here, there]) {
        assert.deepEqual(log.lines.filter((line) => line.startsWith("error")), []);
      }
    },
  );
}

for (const page of ["/rows", "/load", "/keyed"]) {
  timed(`${page}: a list: a row that comes is a patch of that row, here and elsewhere`, async () => {
    const [here, there] = two();
    await here.products.replace(["tea", "milk", "bread", "salt", "oats"]);
    await using one = await here.app.listen({ port: 0 }), other = await there.app.listen({ port: 0 });
    await using ann = await Peer.live(one, await load(here.app, page));
    await using bob = await Peer.live(other, await load(there.app, page));
    await using hand = await Hand.open(other, { path });
    const comes = async (name: string) => {
      for (const peer of [ann, bob]) {
        const text = JSON.stringify(await peer.next());
        assert.match(text, new RegExp(`^\\["patch",\\d,.*${name}`));
        assert.doesNotMatch(text, />(bread|salt|oats)</);
        assert.ok(count(peer) < 120, text);
      }
    };
    await here.products.insert(1, "rice");
    await comes("rice");
    assert.equal((await hand.call("insert", { index: 0, value: "eggs" }))["func"], "return");
    await comes("eggs");
    ann.send(["call", 1, 0, "Shop#list", ["jam"], {}]);
    await comes("jam");
    await hand.call("insert", { index: 99, value: "none" }, 2); // refused, and nothing has changed
    for (const peer of [ann, bob]) await peer.quiet();
    assert.match((await load(there.app, page)).body, /eggs.*tea.*rice.*milk.*jam/s);
  });
}

timed("a list of this isolate: a page that shows it is patched", async () => {
  const { app, products } = shop({}, list(["tea"]));
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app, "/load"));
  await products.append("milk");
  assert.match(JSON.stringify(await ann.next()), /^\["patch",1,.*milk/);
  await products.set(0, "TEA");
  assert.match(JSON.stringify(await ann.next()), /^\["patch",2,.*TEA/);
});

timed(
  "a change of which nobody was told: a page that shows the list is patched at the next look; then nothing looks",
  async () => {
    const clock = new FakeClock(), [here] = two(clock);
    const source = new StoreItems<string>(here.options.store!);
    await using server = await here.app.listen({ port: 0 });
    const idle = clock.waiting;
    const ann = await Peer.live(server, await load(here.app, "/rows"));
    await source.insert(undefined, "untold");
    const turn = async (isSo: () => boolean) => {
      while (!isSo()) {
        clock.turn(100);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    await turn(() => ann.texts.some((text) => text.includes("untold")));
    await ann[Symbol.asyncDispose]();
    // Whoever was there may come back for a while; then nobody waits for anything.
    await turn(() => clock.waiting <= idle);
    const at = clock.now();
    await source.insert(undefined, "while nobody looks");
    clock.turn(60_000);
    assert.equal(clock.waiting, idle, `${at}`);
    // Who comes now is shown what has happened.
    assert.match((await load(here.app, "/rows")).body, /while nobody looks/);
    const { body } = await load(here.app, "/load");
    assert.match(body, /while nobody looks/);
  },
);

timed("load: what it has kept is loaded anew where the list was changed while nobody looked", async () => {
  const clock = new FakeClock(), [here] = two(clock);
  const source = new StoreItems<string>(here.options.store!);
  await source.insert(undefined, "tea");
  await using server = await here.app.listen({ port: 0 });
  assert.match((await load(here.app, "/load")).body, /tea/);
  for (let i = 0; i < 3; i++) {
    clock.turn(5000);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await source.insert(undefined, "untold");
  const page = await load(here.app, "/load");
  await using ann = await Peer.live(server, page);
  // As it was kept, with a patch behind it; or anew already.
  if (!page.body.includes("untold")) await until(() => ann.texts.some((text) => text.includes("untold")));
  assert.match((await load(here.app, "/load")).body, /untold/);
});

timed(
  "authorize of a group: a page for whom it is not is 403, and its part is not shown; asked for each person",
  async () => {
    const log = new MemoryLog(), app = new App({ log, secrets });
    const mayAnn = ({ user }: { user: string | undefined }) => Promise.resolve(user === "ann");
    const salary = variable(5, { authorize: mayAnn });
    const people = list(["Ann"], { authorize: ({ user }, verb) => user === "ann" && verb === "subscribe" });
    app.sync(path, { salary, people }, { authorize: anyone });
    addAccounts(app);
    app.page("/salary", ({ subscribe }) => {
      subscribe(salary);
      return <b>{salary.value}</b>;
    });
    app.page("/people", async ({ load }) => <b>{(await load(people, () => people.slice(0, 5))).join()}</b>);
    app.page("/part", () => <Live topic={salary}>{() => <b>{salary.value}</b>}</Live>);
    await using server = await app.listen({ port: 0 });
    const ann = await enter({ app, server }, "ann"), bob = await enter({ app, server }, "bob");
    for (const page of ["/salary", "/people", "/part"]) {
      assert.equal((await load(app, page, { cookie: ann })).response.status, 200, page);
      for (const more of [{}, { cookie: bob }]) {
        const refused = await load(app, page, more);
        assert.equal(refused.response.status, 403, page);
        assert.doesNotMatch(refused.html, />5<|>Ann</);
      }
    }
  },
);

timed("a group that is no part of an app: a clear error in the log", async () => {
  const log = new MemoryLog(), app = new App({ log });
  const loose = variable(1), items = list(["a"]);
  app.page("/variable", ({ subscribe }) => {
    subscribe(loose);
    return "never";
  });
  app.page("/list", () => <Live topic={items}>{() => <b />}</Live>);
  for (const page of ["/variable", "/list"]) {
    assert.equal((await load(app, page)).response.status, 500);
    assert.match(
      log.lines.at(-1)!,
      /Cannot watch a group that is not part of an app: give it to app\.sync\(\) first\./,
    );
  }
});
