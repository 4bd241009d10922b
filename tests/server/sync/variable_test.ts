import assert from "node:assert/strict";
import { anyone, App } from "@argyle/argyle";
import { kv, openKv } from "@argyle/argyle/kv";
import { memory } from "@argyle/argyle/memory";
import { Close } from "@argyle/argyle/protocol";
import { list, variable } from "@argyle/argyle/socksync";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { temporaryFolder } from "../../helpers/folder.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";
import { End, Hand, until } from "../../helpers/sync.ts";
import { counting, faulty, FaultyStore, isolate, path, secrets } from "./_isolates.ts";

const errorsOf = ({ lines }: MemoryLog) => lines.filter((line) => line.startsWith("error"));

timed("variable: what one isolate has changed, subscribers of another see, and new ones too", async () => {
  const engine = memory(), here = counting(engine), there = counting(engine);
  await using server = await there.app.listen({ port: 0 });
  await using end = await End.open(server, { path });
  const count = end.sync.variable<"count">("count");
  assert.equal(await count.get(), 0);
  assert.equal(await here.count.update((n) => n + 1), 1); // before the app has served anything
  await until(() => count.value === 1);
  assert.equal(there.count.value, 1);
  const late = counting(engine, 99);
  await using other = await late.app.listen({ port: 0 });
  await using one = await End.open(other, { path });
  assert.equal(await one.sync.variable("count").get(), 1);
  await here.app[Symbol.asyncDispose]();
});

timed("variable: a restart keeps it, in a file; and it is this app's alone", async () => {
  await using folder = await temporaryFolder({});
  const file = `${folder.path}/values.db`;
  for (const expected of [1, 2, 3]) {
    using db = await openKv(file);
    const { app, count } = counting(kv(db));
    assert.equal(await count.update((n) => n + 1), expected);
    const other = counting({ ...kv(db), name: "other" }, 40);
    await other.app.fetch(new Request("http://127.0.0.1/"));
    assert.equal(other.count.value, 40);
    await Promise.all([app[Symbol.asyncDispose](), other.app[Symbol.asyncDispose]()]);
  }
});

timed(
  "variable: a value that has no plain JSON is what JSON makes of it, everywhere; or is refused",
  async () => {
    const engine = memory(), groups = () => ({ any: variable<unknown>("first") });
    const here = isolate(groups(), engine), there = isolate(groups(), engine);
    await using server = await there.app.listen({ port: 0 });
    await using end = await End.open(server, { path });
    const any = end.sync.variable("any");
    await any.get();
    const { any: mine } = here.groups, { any: theirs } = there.groups;
    const values: [unknown, unknown][] = [
      ['grüß Gott 🫖\u2028\u0000"\\</script>', 'grüß Gott 🫖\u2028\u0000"\\</script>'],
      [null, null],
      [undefined, null],
      [() => {}, null],
      [NaN, null],
      [{ a: undefined, b: new Date(0) }, { b: "1970-01-01T00:00:00.000Z" }],
      [[1, [2, [3]]], [1, [2, [3]]]],
      ["\ud800", "\ud800"],
      [JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":1}}')],
      ["last", "last"],
    ];
    for (const [given, expected] of values) {
      await mine.set(given);
      assert.deepEqual(mine.value, expected);
      await until(() => JSON.stringify(any.value) === JSON.stringify(expected));
      assert.deepEqual([theirs.value, any.value], [expected, expected]);
    }
    const ring: unknown[] = [];
    ring.push(ring);
    for (const bad of [1n, ring, { toJSON: () => 1n }]) {
      await assert.rejects(mine.set(bad), TypeError);
      assert.deepEqual([mine.value, theirs.value, any.value], ["last", "last", "last"]);
    }
    await mine.set("still");
    await until(() => any.value === "still");
    await here.app[Symbol.asyncDispose]();
    assert.deepEqual([...errorsOf(here.log), ...errorsOf(there.log)], []);
  },
);

timed(
  "variable: what its schema refuses, and what throws, changes nothing; the schema's value counts",
  async () => {
    const engine = memory();
    const schema = z.object({ price: z.number().positive() }).strip();
    const slow = z.string().refine(async (text) => await Promise.resolve(text !== "bad"));
    const groups = () => ({
      item: variable({ price: 1 }, { schema }),
      slow: variable("good", { schema: slow }),
    });
    const here = isolate(groups(), engine), there = isolate(groups(), engine);
    await using _server = await there.app.listen({ port: 0 });
    const { item, slow: text } = here.groups;
    await assert.rejects(item.set({ price: -1 }), /^TypeError|ValueError: The value is not valid: price: /);
    await assert.rejects(text.set("bad"), /The value is not valid/);
    await assert.rejects(item.update(() => Promise.reject(new Error("no"))), /^Error: no$/);
    await assert.rejects(
      item.update(() => {
        throw new Error("no");
      }),
      /^Error: no$/,
    );
    assert.deepEqual([item.value, there.groups.item.value], [{ price: 1 }, { price: 1 }]);
    await item.set({ price: 2, more: true } as { price: number });
    await text.set("fine");
    assert.deepEqual([item.value, text.value], [{ price: 2 }, "fine"]);
    await until(() => there.groups.item.value.price === 2 && there.groups.slow.value === "fine");
    await here.app[Symbol.asyncDispose]();
  },
);

timed(
  "variable: a large value is looked up by who hears of it; the largest that a bus could refuse too",
  async () => {
    for (
      const value of [
        "a".repeat(19_998),
        '"'.repeat(9999),
        "\u0001".repeat(3333),
        "€".repeat(19_999),
        "€".repeat(1_000_000),
      ]
    ) {
      const clock = new FakeClock(), engine = memory({ clock });
      const store = new FaultyStore(engine.store), limits = { operationBytes: 1024 };
      const here = isolate({ text: variable("") }, { ...engine, limits, clock });
      const there = isolate({ text: variable("") }, { store, bus: engine.bus, limits, clock });
      await using server = await there.app.listen({ port: 0 });
      await using end = await End.open(server, { path });
      const text = end.sync.variable("text");
      await text.get();
      const before = store.gets;
      await here.groups.text.set(value);
      await until(() => text.value === value);
      assert.equal(store.gets > before, value.length > 19_998);
      assert.deepEqual([...errorsOf(here.log), ...errorsOf(there.log)], []);
      await here.app[Symbol.asyncDispose]();
    }
  },
);

timed("variable: what the store has no room for is an error, and nothing has changed", async () => {
  using db = await openKv(":memory:");
  const here = isolate({ text: variable("") }, kv(db)), there = isolate({ text: variable("") }, kv(db));
  await using _server = await there.app.listen({ port: 0 });
  const { text } = here.groups;
  await assert.rejects(text.set("a".repeat(70_000)), /^RangeError: Cannot store/);
  assert.equal(text.value, "");
  await text.set("a".repeat(60_000));
  await until(() => there.groups.text.value.length === 60_000);
  await here.app[Symbol.asyncDispose]();
});

for (const hasOther of [true, false]) {
  timed(`variable: a commit whose answer is lost, ${hasOther ? "among others" : "alone"}`, async () => {
    const clock = new FakeClock(), engine = memory({ clock }), store = new FaultyStore(engine.store);
    const here = counting({ store, bus: engine.bus, clock }), there = counting({ ...engine, clock });
    await using server = await here.app.listen({ port: 0 });
    await using _other = hasOther ? await there.app.listen({ port: 0 }) : undefined;
    await using end = await End.open(server, { path });
    const count = end.sync.variable("count");
    await count.get();
    store.next = "happens";
    await assert.rejects(here.count.update((n) => n + 1), /connection lost/);
    await until(() => count.value === 1); // whoever sees it is shown what has happened
    store.next = "does not";
    await assert.rejects(here.count.update((n) => n + 1), /connection lost/);
    assert.equal(await here.count.update((n) => n + 1), 2);
    await until(() => count.value === 2);
    if (hasOther) await until(() => there.count.value === 2);
    assert.deepEqual(errorsOf(here.log), []);
  });
}

timed(
  "variable: the store away while it is changed: an error, nothing changed; then it goes on",
  async () => {
    const clock = new FakeClock(), engine = memory({ clock }), store = new FaultyStore(engine.store);
    const here = counting({ store, bus: engine.bus, clock });
    await using server = await here.app.listen({ port: 0 });
    await using hand = await Hand.open(server, { path });
    await here.count.set(3);
    store.isAway = true;
    await assert.rejects(here.count.set(4), /connection refused/);
    await until(() => clock.waiting > 0 && errorsOf(here.log).length === 1);
    assert.match(errorsOf(here.log)[0]!, /could not be looked up; it is tried again: connection refused/);
    hand.subscribe({ count: "var" });
    assert.equal((await hand.ask({ func: "get", type: "var", name: "count" }))["value"], 3);
    store.isAway = false;
    assert.equal(await here.count.update((n) => n + 1), 4);
    assert.equal((await hand.next())["value"], 4);
  },
);

timed(
  "store away at the first request: an error, and once it is back all is as it should be, once",
  async () => {
    const clock = new FakeClock(), engine = memory({ clock }), { store, bus } = faulty(engine);
    const here = counting({ store, bus, clock }), there = counting({ store, bus, clock });
    const { count } = here;
    here.app.page("/", ({ subscribe }) => {
      subscribe(count);
      return `${count.value}`;
    });
    await using server = await there.app.listen({ port: 0 });
    await there.count.set(5);
    store.isAway = true;
    for (let i = 0; i < 3; i++) assert.equal((await load(here.app)).response.status, 500);
    assert.equal(bus.listening, 1); // an isolate that could not begin is not there
    store.isAway = false;
    assert.match((await load(here.app)).body, /5/);
    assert.equal(bus.listening, 2);
    await using end = await End.open(server, { path });
    const seen: unknown[] = [];
    const remote = end.sync.variable("count");
    assert.equal(await remote.get(), 5);
    remote.subscribe((value) => seen.push(value));
    // What it tells its own pages, it tells pages that are there.
    await using own = await here.app.listen({ port: 0 });
    await using page = await Peer.live(own, await load(here.app));
    assert.equal(await here.count.update((n) => n + 1), 6);
    assert.match(JSON.stringify(await page.next()), /^\["patch",1,.*6/);
    await until(() => seen.at(-1) === 6);
    assert.deepEqual(seen, [5, 6]);
  },
);

timed("a gap: what was not heard is looked up, also where the store is away at that moment", async () => {
  const clock = new FakeClock(), { store, bus } = faulty(memory({ clock }));
  const here = counting({ store, bus, clock }), there = counting({ store, bus, clock });
  await using server = await there.app.listen({ port: 0 });
  await using end = await End.open(server, { path });
  const count = end.sync.variable("count");
  await count.get();
  bus.fault = () => [];
  await here.count.set(1);
  bus.gap();
  await until(() => count.value === 1);
  await here.count.set(2);
  store.isAway = true;
  bus.gap();
  await until(() => errorsOf(there.log).some((line) => line.includes("it is tried again")));
  store.isAway = false;
  clock.turn(500);
  await until(() => count.value === 2);
  assert.equal(there.count.value, 2);
  await here.app[Symbol.asyncDispose]();
});

timed("the bus away: changes go on, and are heard when it is back", async () => {
  const clock = new FakeClock(), { store, bus } = faulty(memory({ clock }));
  const here = counting({ store, bus, clock }), there = counting({ store, bus, clock });
  await using server = await there.app.listen({ port: 0 });
  await using end = await End.open(server, { path });
  const count = end.sync.variable("count");
  await count.get();
  await here.count.set(1);
  await until(() => count.value === 1);
  bus.isAway = true;
  for (let i = 0; i < 10; i++) await here.count.update((n) => n + 1);
  assert.equal(here.count.value, 11);
  assert.equal(there.count.value, 1);
  bus.isAway = false;
  const turning = setInterval(() => clock.turn(1000), 5); // what waits in the store is said by and by
  await until(() => count.value === 11);
  clearInterval(turning);
  await here.app[Symbol.asyncDispose]();
});

timed("messages doubled, and in another order: a subscriber sees only newer values", async () => {
  const clock = new FakeClock(), { store, bus } = faulty(memory({ clock }));
  const here = counting({ store, bus, clock }), there = counting({ store, bus, clock });
  await using server = await there.app.listen({ port: 0 });
  await using end = await End.open(server, { path });
  const seen: number[] = [];
  const count = end.sync.variable("count");
  await count.get();
  count.subscribe((value) => seen.push(value as number));
  bus.fault = () => [];
  const { length } = bus.said;
  for (let i = 0; i < 20; i++) await here.count.update((n) => n + 1);
  await until(() => bus.said.length >= length + 20);
  const said = bus.said.slice(length), mixed = [...said.slice(10), ...said.slice(0, 10)];
  bus.deliver([...mixed, ...said.toReversed(), ...said]);
  await until(() => count.value === 20);
  assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
  assert.equal(new Set(seen).size, seen.length);
  await here.app[Symbol.asyncDispose]();
});

timed("a store that has lost its last commits: what it has is the value, and it can be changed", async () => {
  const clock = new FakeClock(), engine = memory({ clock }), writes: { key: string; value: string }[] = [];
  const store = new FaultyStore({
    ...engine.store,
    get: (keys) => engine.store.get(keys),
    commit: (checks, given, publication) => {
      for (const { key, value } of given) if (key.includes(":v:")) writes.push({ key, value: value! });
      return engine.store.commit(checks, given, publication);
    },
  });
  const { app, count } = counting({ store, bus: engine.bus, clock });
  await using server = await app.listen({ port: 0 });
  await using hand = await Hand.open(server, { path });
  for (let i = 1; i <= 5; i++) await count.set(i * 10);
  hand.subscribe({ count: "var" });
  assert.equal((await hand.ask({ func: "get", type: "var", name: "count" }))["value"], 50);
  await engine.store.commit([], [{ ...writes[2]!, expiresAt: Infinity }]); // as it was two changes ago
  await assert.rejects(withTurns(clock, count.update(() => Promise.reject(new Error("never mind")))));
  assert.equal(await withTurns(clock, count.update((n) => n + 1)), 31);
  assert.deepEqual([(await hand.next())["value"], (await hand.next())["value"]], [30, 31]);
});

/** Turns a clock until something is done. */
async function withTurns<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  work.then(() => isDone = true, () => isDone = true);
  while (!isDone) {
    clock.turn(10);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return await work;
}

timed(
  "update: a change that hangs is given up; one that waits for another of its own too; the rest goes on",
  async () => {
    const clock = new FakeClock(), { app, count } = counting({ ...memory({ clock }), clock });
    await using _server = await app.listen({ port: 0 });
    const before = clock.waiting;
    const hangs = assert.rejects(
      count.update(() => new Promise(() => {})),
      /^Error: Cannot change \$sync\/sync\/count: the change has taken longer than 10000 ms\.$/,
    );
    const next = count.update((n) => n + 1);
    await until(() => clock.waiting > before);
    clock.turn(10_000);
    await hangs;
    assert.equal(await next, 1);
    const nested = assert.rejects(
      count.update(async (n) => n + await count.update((m) => m + 1)),
      /longer than/,
    );
    await until(() => clock.waiting > before);
    clock.turn(10_000);
    await nested;
    await until(() => count.value === 2); // the inner one had only waited for the outer
    assert.equal(await count.update((n) => n + 1), 3);
    assert.equal(clock.waiting, before);
  },
);

timed("bus: what was forged, moved or said again changes no variable", async () => {
  const clock = new FakeClock(), { store, bus } = faulty(memory({ clock }));
  const groups = () => ({ count: variable(0), other: variable(0) });
  const here = isolate(groups(), { store, bus, clock }), there = isolate(groups(), { store, bus, clock });
  await using _server = await there.app.listen({ port: 0 });
  await here.groups.count.set(1);
  await until(() => there.groups.count.value === 1);
  const real = bus.said.find(({ topic }) => topic === "$sync/sync/count")!;
  assert.ok(real);
  const { topic, text } = real;
  const head = `["${"A".repeat(12)}",9,${clock.now()},`;
  bus.deliver([
    real,
    { topic: "$sync/sync/other", text },
    { topic, text: text.replace(",1,", ",7,") },
    { topic, text: `${head}["value","${topic}",99,"666"]]` },
    { topic, text: `${"A".repeat(43)}${head}["value","${topic}",99,"666"]]` },
    { topic, text: "" },
  ]);
  assert.deepEqual([there.groups.count.value, there.groups.other.value], [1, 0]);
  assert.match(there.log.lines.join("\n"), /was not written by this app/);
  await here.groups.count.set(2);
  await until(() => there.groups.count.value === 2);
  await here.app[Symbol.asyncDispose]();
});

timed("one variable in two endpoints of an app is one; what others see of it is one order", async () => {
  const shared = variable(1), app = new App({ log: new MemoryLog(), secrets });
  app.sync("/a", { price: shared }, { authorize: anyone });
  app.sync("/b", { cost: shared }, { authorize: anyone });
  await using server = await app.listen({ port: 0 });
  await using a = await End.open(server, { path: "/a" }), b = await End.open(server, { path: "/b" });
  const price = a.sync.variable("price"), cost = b.sync.variable("cost");
  assert.deepEqual([await price.get(), await cost.get()], [1, 1]);
  await shared.set(2);
  await until(() => price.value === 2 && cost.value === 2);
});

timed("an endpoint that is added while the store is away: nobody is shown what is not known", async () => {
  const clock = new FakeClock(), engine = memory({ clock }), store = new FaultyStore(engine.store);
  const here = counting({ ...engine, clock });
  await here.count.set(7);
  const log = new MemoryLog(), app = new App({ store, bus: engine.bus, clock, log, secrets });
  await using server = await app.listen({ port: 0 });
  const count = variable(0);
  store.isAway = true;
  app.sync(path, { count }, { authorize: anyone });
  await until(() => errorsOf(log).length > 0);
  await using early = await Hand.open(server, { path });
  early.subscribe({ count: "var" });
  early.send({ func: "get", type: "var", name: "count" });
  const { code, heard } = await early.socket.ended();
  assert.deepEqual([code, heard], [Close.failed, []]);
  store.isAway = false;
  await using hand = await Hand.open(server, { path });
  hand.subscribe({ count: "var" });
  assert.equal((await hand.ask({ func: "get", type: "var", name: "count" }))["value"], 7);
  await here.app[Symbol.asyncDispose]();
});

timed("store: something else in the place of a value is an error at the start, and says where", async () => {
  const clock = new FakeClock(), engine = memory({ clock });
  await engine.store.commit([], [{
    key: "app:v:{$sync/sync/count}",
    value: "something else",
    expiresAt: Infinity,
  }]);
  const { app, log } = counting({ ...engine, clock });
  assert.equal((await load(app)).response.status, 500);
  assert.match(
    log.lines.join("\n"),
    /Cannot read app:v:\{\$sync\/sync\/count\}: the store has something else there than the value of a variable/,
  );
  await app[Symbol.asyncDispose]();
});

timed(
  "lists of arrays in an app of several isolates are told of at the start of the second, once",
  async () => {
    const engine = memory(), groups = () => ({ todos: list(["a"]), count: variable(1) });
    const first = isolate(groups(), engine), second = isolate(groups(), engine);
    const warned = ({ log }: typeof first) => log.lines.filter((line) => line.startsWith("warn"));
    await load(first.app);
    for (let i = 0; i < 2; i++) await load(second.app);
    assert.deepEqual([warned(first), warned(second)], [[], [
      'warn lists of arrays are this isolate\'s alone; others have their own {"lists":"$sync/sync/todos"}',
    ]]);
    for (const { app } of [first, second]) await app[Symbol.asyncDispose]();
  },
);
