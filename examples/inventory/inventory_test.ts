import assert from "node:assert/strict";
import { action, anyone, App } from "@argyle/argyle";
import { connectSync } from "@argyle/argyle/client";
import { kv, openKv } from "@argyle/argyle/kv";
import type { GroupsOf, ListSource, SyncPeer } from "@argyle/argyle/socksync";
import { open } from "@argyle/argyle/testing";
import { z } from "zod";
import { Inventory } from "./inventory.ts";
import inventory, { type InventoryOptions, type InventorySync } from "./main.tsx";
import { openProducts } from "./place.ts";
import type { Product } from "./product.ts";
import { seed } from "./seed.ts";

const pieces = (products: readonly Product[]) => products.reduce((sum, { quantity }) => sum + quantity, 0);
const saffron: Product = { name: "Saffron", quantity: 7, price: 12.5 };

/** Words of the log, which are nobody's here. */
class Log {
  readonly errors: unknown[] = [];
  info() {}
  warn() {}
  error(_message: string, error?: unknown) {
    this.errors.push(error);
  }
}

/** The example at an address. Leaving the scope ends it. */
async function serve(options: InventoryOptions = {}) {
  const log = new Log(), app = await inventory({ log, ...options });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  return {
    app,
    log,
    url: `ws://127.0.0.1:${server.addr.port}/ws/socksync`,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

/** A database that is left with the scope. */
async function database(path = ":memory:") {
  const db = await openKv(path);
  return { db, [Symbol.dispose]: () => db.close() };
}

type Frame = Record<string, unknown>;

/** Somebody who knows the protocol and nothing else. */
async function stranger(url: string) {
  const socket = new WebSocket(url), frames: Frame[] = [];
  let wake = () => {};
  socket.onmessage = ({ data }) => {
    frames.push(JSON.parse(data));
    wake();
  };
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = (event) => reject(event);
  });
  const send = (frame: Frame) => socket.send(JSON.stringify(frame));
  /** The first frame of those that have come and are not taken yet of which this is true. */
  const next = async (isIt: (frame: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      const at = frames.findIndex(isIt);
      if (at >= 0) return frames.splice(at, 1)[0]!;
      await new Promise<void>((resolve) => wake = resolve);
    }
  };
  let calls = 0;
  return {
    frames,
    send,
    next,
    subscribe: (type: string, name: string) => send({ func: "subscribe", type, name }),
    call(name: string, args: unknown) {
      const id = ++calls;
      send({ func: "subscribe", type: "function", name });
      send({ func: "call", type: "function", name, id, args });
      return next((frame) => frame["id"] === id);
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed;
    },
  };
}

/** Waits until something is true of what is watched. */
async function until(watched: { watch(listener: () => void): () => void }, isSo: () => boolean) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = watched.watch(() => isSo() && resolve());
  if (isSo()) resolve();
  await promise;
  end();
}

/** All products, and what the stock is said to be. */
async function look(peer: SyncPeer<GroupsOf<InventorySync>>) {
  const products = [...await peer.list("products", { pageSize: 100 }).get({ page: 0 })];
  return { products, stock: await peer.variable("stock").get() };
}

Deno.test("inventory: the page says how much there is, and is patched when a program changes it", async () => {
  await using server = await serve();
  await using ann = await open(server.app, "/");
  const all = pieces(seed);
  assert.equal(ann.text("#totals"), `${all.toLocaleString("en")} pieces of ${seed.length} products`);
  using peer = connectSync<InventorySync>(server.url);
  await peer.function("insert").call({ index: 0, value: saffron });
  await ann.see((all + 7).toLocaleString("en"), "#stock");
  await ann.see(`${seed.length + 1}`, "#count");
});

Deno.test("inventory: a stranger subscribes, turns pages, and sees what a call does, by the names of the protocol", async () => {
  using kept = await database();
  await using server = await serve(kept);
  await using ann = await stranger(server.url);
  ann.subscribe("list", "products");
  ann.send({ func: "get", type: "list", name: "products", page: 1, page_size: 10 });
  const page = await ann.next(({ func }) => func === "set_all");
  assert.deepEqual(page, {
    func: "set_all",
    type: "list",
    name: "products",
    page: 1,
    page_size: 10,
    total_item_count: seed.length,
    items: seed.slice(10, 20),
  });
  ann.subscribe("var", "stock");
  ann.send({ func: "get", type: "var", name: "stock" });
  assert.equal((await ann.next(({ func }) => func === "set"))["value"], pieces(seed));

  const inserted = await ann.call("insert", { index: 3, value: saffron });
  assert.deepEqual([inserted["func"], inserted["value"]], ["return", saffron]);
  // Whoever has the answer has the sum.
  const sums = ann.frames.filter(({ type }) => type === "var").map(({ value }) => value);
  assert.deepEqual(sums, [pieces(seed) + 7]);
  // What comes into the window is read for it, and may come after the answer.
  for (
    const [func, index, value] of [
      ["set_count", undefined, undefined],
      ["delete", 9, undefined],
      ["insert", 0, seed[9]],
    ]
  ) {
    const frame = await ann.next(({ type }) => type === "list");
    assert.deepEqual([frame["func"], frame["index"], frame["value"]], [func, index, value]);
  }
  const reserved = await ann.call("reserve", { index: 13, quantity: 2 });
  const left = { ...seed[12], quantity: seed[12]!.quantity - 2 };
  assert.deepEqual(reserved["value"], left);
  assert.deepEqual(await ann.next(({ type }) => type === "list"), {
    func: "set",
    type: "list",
    name: "products",
    index: 3,
    value: left,
  });
  assert.deepEqual((await ann.call("update", { index: 3, value: { ...saffron, price: 9 } }))["value"], {
    ...saffron,
    price: 9,
  });
  assert.deepEqual((await ann.call("remove", { index: 3 }))["value"], { ...saffron, price: 9 });
});

Deno.test("inventory: what cannot be is error 8 with a sentence, and changes nothing", async () => {
  await using server = await serve();
  await using ann = await stranger(server.url);
  const value = saffron, { length } = seed;
  const said: [name: string, args: unknown, message: RegExp][] = [
    ["insert", { index: length + 1, value }, /^Cannot insert at 43: the list has 42 items\.$/],
    ["insert", { index: -1, value }, /An index is 0 or more\./],
    ["insert", { index: 1.5, value }, /An index is a whole number\./],
    ["insert", { value }, /index: /],
    ["insert", { index: 0 }, /value: /],
    ["insert", { index: 0, value: { ...value, quantity: -1 } }, /value\.quantity: A quantity is 0 or more\./],
    ["insert", { index: 0, value: { ...value, quantity: 0.5 } }, /A quantity is a whole number\./],
    ["insert", { index: 0, value: { ...value, price: -0.01 } }, /A price is 0 or more\./],
    ["insert", { index: 0, value: { ...value, price: "3" } }, /A price is a number\./],
    ["insert", { index: 0, value: { ...value, name: " " } }, /A product has a name\./],
    ["insert", { index: 0, value: { ...value, name: "x".repeat(81) } }, /at most 80 letters/],
    ["update", { index: length, value }, /^Cannot update 42: the list has 42 items\.$/],
    ["update", { index: 0, value: null }, /value: /],
    ["remove", { index: length }, /^There is no product 42: the list has 42 items\.$/],
    ["remove", {}, /index: /],
    ["reserve", { index: 99, quantity: 1 }, /^Cannot update 99: the list has 42 items\.$/],
    ["reserve", { index: 0, quantity: 0 }, /A quantity is 1 or more\./],
    ["reserve", { index: 0, quantity: -3 }, /A quantity is 0 or more\./],
    ["reserve", { index: 0, quantity: 43 }, /^Cannot reserve 43 of Assam, loose leaf: only 42 are left\.$/],
  ];
  for (const [name, args, message] of said) {
    const answer = await ann.call(name, args);
    assert.deepEqual([answer["func"], answer["error_code"]], ["error", 8], JSON.stringify([name, args]));
    assert.match(String(answer["message"]), message);
  }
  assert.equal((await ann.call("reserve", { index: 0, quantity: 42 }))["func"], "return");
  assert.match(String((await ann.call("reserve", { index: 0, quantity: 1 }))["message"]), /none is left/);
  using peer = connectSync<InventorySync>(server.url);
  const { products, stock } = await look(peer);
  assert.deepEqual([products, stock], [[{ ...seed[0], quantity: 0 }, ...seed.slice(1)], pieces(seed) - 42]);
});

Deno.test("inventory: what fail says is for the log, and not for the peer", async () => {
  await using server = await serve();
  await using ann = await stranger(server.url);
  const answer = await ann.call("fail", {});
  assert.deepEqual([answer["func"], answer["error_code"]], ["error", 8]);
  assert.match(String(answer["message"]), /^Something went wrong \([0-9a-f]{8}\)\.$/);
  assert.match(String(server.log.errors), /The shelf fell down/);
});

Deno.test("inventory: a thousand products, and no more", async () => {
  await using server = await serve();
  using peer = connectSync<InventorySync>(server.url);
  const insert = peer.function("insert"), more = 1000 - seed.length;
  await Promise.all(Array.from({ length: more }, () => insert.call({ index: 0, value: saffron })));
  await assert.rejects(insert.call({ index: 0, value: saffron }), /there are 1000 products already/);
  assert.equal(await peer.variable("stock").get(), pieces(seed) + 7 * more);
});

Deno.test("inventory: two isolates that change it at once lose nothing, and the stock is the sum", async () => {
  using kept = await database();
  const engine = kv(kept.db), secrets = ["of all isolates: 0123456789abcdefghijkl"];
  await using here = await serve({ ...kept, ...engine, secrets });
  await using there = await serve({ ...kept, ...engine, secrets });
  using ann = connectSync<InventorySync>(here.url);
  using bob = connectSync<InventorySync>(there.url);
  const seen = bob.variable("stock");
  await seen.get();
  const calls = Array.from({ length: 60 }, (_, n) => {
    const peer = n % 2 ? ann : bob;
    if (n % 3 === 0) {
      return peer.function("insert").call({ index: n % 7, value: { ...saffron, name: `n ${n}` } });
    }
    if (n % 3 === 1) return peer.function("reserve").call({ index: 30, quantity: 1 }).catch(() => {});
    return peer.function("remove").call({ index: n % 11 });
  });
  await Promise.all(calls);
  const { products, stock } = await look(ann);
  assert.equal(products.length, seed.length);
  assert.equal(stock, pieces(products));
  await until(seen, () => seen.value === stock);
});

Deno.test("inventory: a sum that was taken before somebody else's change does not come to stand after it", async () => {
  using kept = await database();
  const engine = kv(kept.db), secrets = ["of all isolates: 0123456789abcdefghijkl"];
  const isolate = (source: ListSource<Product>) => {
    const shop = new Inventory(source), { products, stock } = shop;
    const app = new App({ name: "shop", log: new Log(), secrets, ...engine });
    app.sync("/ws/socksync", { products, stock }, { authorize: anyone });
    return { shop, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
  };
  const source = await openProducts(kept.db),
    read = Promise.withResolvers<void>(),
    go = Promise.withResolvers<void>();
  // Reads, and then takes its time.
  const slow: ListSource<Product> = Object.create(source, {
    read: {
      async value(start: number, end: number) {
        const slice = await source.read(start, end);
        read.resolve();
        await go.promise;
        return slice;
      },
    },
  });
  await using here = isolate(slow), there = isolate(await openProducts(kept.db));
  const counting = here.shop.count();
  await read.promise;
  await there.shop.reserve(0, 40);
  assert.equal(there.shop.stock.value, pieces(seed) - 40);
  go.resolve();
  await counting;
  assert.equal(here.shop.stock.value, pieces(seed) - 40);
});

Deno.test("inventory: of many reservations at once as many are made as there is", async () => {
  using kept = await database();
  await using server = await serve(kept);
  using peer = connectSync<InventorySync>(server.url);
  const reserve = peer.function("reserve"), { quantity } = seed[9]!;
  const outcomes = await Promise.allSettled(
    Array.from({ length: quantity + 5 }, () => reserve.call({ index: 9, quantity: 1 })),
  );
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, quantity);
  const { products, stock } = await look(peer);
  assert.deepEqual([products[9]!.quantity, stock], [0, pieces(seed) - quantity]);
});

Deno.test("inventory: who says what they have seen changes that, where it stands by now, or nothing", async () => {
  await using server = await serve();
  using peer = connectSync<InventorySync>(server.url);
  const [, , was] = seed, value = { ...was!, price: 1 };
  await peer.function("insert").call({ index: 0, value: saffron });
  await peer.function("update").call({ index: 2, value, was });
  assert.deepEqual((await look(peer)).products[3], value);
  const changed = /Somebody else has just changed Earl Grey, or removed it/;
  await assert.rejects(peer.function("update").call({ index: 3, value, was }), changed);
  await assert.rejects(peer.function("remove").call({ index: 3, was }), changed);
  await assert.rejects(peer.function("reserve").call({ index: 3, quantity: 1, was }), changed);
  await peer.function("remove").call({ index: 9, was: value });
  assert.deepEqual((await look(peer)).products, [saffron, ...seed.filter((product) => product !== was)]);
});

Deno.test("inventory: before it discards what is left of a product, it asks whoever wants that", async () => {
  await using server = await serve();
  const asked: string[] = [];
  let answer: unknown = false;
  const confirm = action(z.object({ question: z.string() }), ({ question }) => {
    asked.push(question);
    return answer;
  });
  using ann = connectSync<InventorySync>(server.url, { groups: { confirm } });
  const discard = ann.function("discard"), [assam] = seed;
  assert.deepEqual(await discard.call({ index: 0, was: assam! }), { removed: false });
  assert.deepEqual(asked, ["42 of Assam, loose leaf are left. Remove it all the same?"]);
  answer = true;
  assert.deepEqual(await discard.call({ index: 0, was: assam! }), { removed: true });
  answer = "yes, please";
  await assert.rejects(discard.call({ index: 0 }), /nobody has answered/);
  await ann.function("update").call({ index: 0, value: { ...seed[1]!, quantity: 0 } });
  assert.deepEqual(await discard.call({ index: 0 }), { removed: true }); // there is nothing to ask about
  assert.equal(asked.length, 3);
  assert.deepEqual((await look(ann)).products, seed.slice(2));
});

Deno.test("inventory: who has no confirm is answered at once, and removes without being asked", async () => {
  await using server = await serve();
  await using ann = await stranger(server.url);
  ann.subscribe("function", "discard");
  ann.send({ func: "call", type: "function", name: "discard", id: "d", args: { index: 0 } });
  const question = await ann.next(({ func }) => func === "call");
  ann.send({ func: "error", error_code: 3, type: "function", name: "confirm", id: question["id"] });
  const refused = await ann.next(({ id }) => id === "d");
  assert.deepEqual([refused["error_code"], /nobody has answered/.test(String(refused["message"]))], [
    8,
    true,
  ]);
  assert.deepEqual((await ann.call("remove", { index: 0 }))["value"], seed[0]);
});

Deno.test("inventory: it is filled once, by whichever isolate is first, and what is empty stays so", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Two connections to one file, as two processes have them.
    using one = await database(`${folder}/shop.kv`);
    using other = await database(`${folder}/shop.kv`);
    const opened = await Promise.all([one, other, one, other].map(({ db }) => openProducts(db)));
    for (const source of opened) assert.deepEqual((await source.read(0, 1000)).items, seed);
    await opened[0]!.insert(0, saffron);
    for (const source of opened) assert.equal((await source.read(0, 1)).items[0]?.name, "Saffron");
    for (let left = seed.length; left >= 0; left--) await opened[1]!.delete(0);
    assert.equal((await (await openProducts(other.db)).read(0, 1)).count, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("inventory: it is as it was after a restart, and a sum that nobody could write is put right", async () => {
  using kept = await database();
  {
    await using server = await serve({ ...kept, ...kv(kept.db) });
    using peer = connectSync<InventorySync>(server.url);
    await peer.function("remove").call({ index: 0 });
  }
  // A process that was killed between a change and the sum of it.
  await (await openProducts(kept.db)).insert(0, saffron);
  await using server = await serve({ ...kept, ...kv(kept.db) });
  using peer = connectSync<InventorySync>(server.url);
  const products = [saffron, ...seed.slice(1)];
  assert.deepEqual(await look(peer), { products, stock: pieces(products) });
});

Deno.test("inventory: below a base its scripts and its endpoint are below that", async () => {
  const app = await inventory({ base: "/inventory", log: new Log() });
  await using ann = await open(app, "/inventory");
  assert.equal(ann.attribute("#shelf", "data-endpoint"), "/inventory/ws/socksync");
  for (const name of ["script.js", "rows.js"]) {
    const response = await app.fetch(new Request(`http://127.0.0.1/inventory/${name}`));
    assert.match(response.headers.get("content-type")!, /^text\/javascript/);
    assert.match(await response.text(), /^(import|\/\*\*)/);
  }
});
