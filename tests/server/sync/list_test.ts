import assert from "node:assert/strict";
import type { Engine, Store } from "@argyle/argyle";
import { kv, kvList, openKv } from "@argyle/argyle/kv";
import { memory } from "@argyle/argyle/memory";
import { type List, list, type ListSource } from "@argyle/argyle/socksync";
import { FakeClock, sourceContract } from "@argyle/argyle/testing";
import type { AppOptions } from "@argyle/argyle/types";
import fc from "fast-check";
import { timed } from "../../helpers/peer.ts";
import { Hand, until } from "../../helpers/sync.ts";
import { faulty, isolate, path } from "./_isolates.ts";
import { StoreItems } from "./_store_items.ts";
import { Window } from "./_window.ts";

/** Milliseconds between two looks, and what a change waits for the one before it. */
const LOOK = 5000, HOLD = 100;

sourceContract("items in a store", (clock) => {
  const { store } = memory({ clock });
  return { source: new StoreItems(store), other: () => new StoreItems(store), close() {} };
});

/** An isolate whose list lies where others have it. */
function listing(source: ListSource<string>, options: AppOptions) {
  const items = list(source);
  return { ...isolate({ items }, options), items, source };
}

/** Two isolates, one list. */
function two(engine: Engine, store: Store, clock: FakeClock) {
  const make = () => {
    const source = new StoreItems<string>(store);
    return { ...listing(source, { ...engine, clock }), source };
  };
  return [make(), make()] as const;
}

const all = (items: List<string>) => items.slice(0, 1_000_000);

timed("list of an array: its readers are told steps; nobody else's isolate hears of it", async () => {
  const engine = memory(), make = () => listingOf(["a", "b", "c"], engine);
  const here = make(), there = make();
  await using one = await here.app.listen({ port: 0 }), other = await there.app.listen({ port: 0 });
  await using near = await Window.open(one, "items", { size: 2 }), far = await Window.open(other, "items");
  await until(() => near.count === 3 && far.count === 3);
  await here.items.insert(0, "x");
  await here.items.set(1, "A");
  await here.items.delete(0);
  await until(() => near.shows(["A", "b", "c"]));
  assert.equal(near.funcs, "set_all set_count delete insert set set_count delete insert");
  assert.equal(far.funcs, "set_all");
});

function listingOf(given: readonly string[], options: AppOptions) {
  const items = list(given);
  return { ...isolate({ items }, options), items };
}

timed("list: what one isolate changes, readers at another are told as steps, in one order", async () => {
  const clock = new FakeClock(), engine = memory({ clock }), [here, there] = two(engine, engine.store, clock);
  await here.items.replace(["a", "b", "c", "d", "e"]); // before the app has served anything
  await using one = await here.app.listen({ port: 0 }), other = await there.app.listen({ port: 0 });
  await using first = await Window.open(other, "items", { size: 2 });
  await using second = await Window.open(other, "items", { size: 2, page: 1 });
  await using near = await Window.open(one, "items", { size: 3 });
  await until(() => [first, second, near].every(({ count }) => count === 5));
  const shown = async () => {
    const items = await all(here.items);
    await until(() => [first, second, near].every((window) => window.shows(items)));
  };
  const changes = [
    () => here.items.insert(1, "x"),
    () => here.items.update(0, (item) => item.toUpperCase()),
    () => there.items.delete(3),
    () => here.items.append("z"),
    () => there.items.delete(0),
    () => here.items.insert(4, "y"),
  ];
  for (const change of changes) {
    await change();
    await shown();
  }
  assert.deepEqual(await all(here.items), ["x", "b", "d", "e", "y", "z"]);
  for (const { frames } of [first, second, near]) {
    assert.equal(frames.filter(({ func }) => func === "set_all").length, 1);
  }
  await here.items.move(0, 4);
  const moved = await all(here.items);
  assert.deepEqual(moved, ["b", "d", "e", "y", "x", "z"]);
  await until(() => [first, second, near].every((window) => window.shows(moved)));
  await here.items.replace(["1", "2"]);
  await until(() => [first, second, near].every((window) => window.shows(["1", "2"])));
  assert.equal(second.page, 0); // its page is not there any more
});

timed("list: steps too large to be said, and items of every kind", async () => {
  const clock = new FakeClock(), engine = memory({ clock }), [here, there] = two(engine, engine.store, clock);
  await using _one = await here.app.listen({ port: 0 }), other = await there.app.listen({ port: 0 });
  await using far = await Window.open(other, "items");
  await until(() => far.count === 0);
  const items: string[] = [];
  for (const item of ["🫖", "x".repeat(60_000), '"'.repeat(24_000), "\u2028\\", ""]) {
    items.push(item);
    await here.items.append(item);
    await until(() => far.shows(items));
  }
  assert.equal(far.frames.filter(({ func }) => func === "set_all").length, 2);
  assert.deepEqual([...here.log.lines, ...there.log.lines].filter((line) => line.startsWith("error")), []);
});

timed("list: a hundred large changes in one turn are told in publications that a bus takes", async () => {
  const clock = new FakeClock(), { store, bus } = faulty(memory({ clock }));
  const [here, there] = two({ store, bus }, store, clock);
  let largest = 0;
  bus.fault = (messages) => {
    largest = Math.max(largest, messages.reduce((sum, { text }) => sum + text.length, 0));
    return messages;
  };
  await using _one = await here.app.listen({ port: 0 }), other = await there.app.listen({ port: 0 });
  await here.items.append("first");
  await using far = await Window.open(other, "items");
  await until(() => far.count === 1);
  await Promise.all(Array.from({ length: 100 }, (_, i) => here.items.set(0, `${i} ${"x".repeat(20_000)}`)));
  const items = await all(here.items);
  await until(() => {
    clock.turn(100); // a socket that is behind is looked at so often
    return far.shows(items);
  });
  assert.ok(largest < 200_000, `${largest}`);
});

timed("list: who dies between a change and telling of it: the next look finds it", async () => {
  const clock = new FakeClock(), engine = memory({ clock }), [here, there] = two(engine, engine.store, clock);
  await using other = await there.app.listen({ port: 0 });
  await here.items.append("a");
  await using far = await Window.open(other, "items");
  await until(() => far.shows(["a"]));
  await new StoreItems<string>(engine.store).insert(undefined, "b"); // nobody is told
  const { reads } = there.source;
  clock.turn(LOOK - 1);
  await far.frames.length;
  assert.equal(there.source.reads, reads);
  clock.turn(1);
  await until(() => there.source.reads > reads);
  await new Promise((resolve) => setTimeout(resolve, 0));
  clock.turn(HOLD);
  await until(() => far.shows(["a", "b"]));
  assert.equal(far.funcs, "set_all set_all");
  await here.app[Symbol.asyncDispose]();
});

timed("list: nothing looks while nobody sees it", async () => {
  const clock = new FakeClock(), engine = memory({ clock }), [here] = two(engine, engine.store, clock);
  await using server = await here.app.listen({ port: 0 });
  const idle = clock.waiting;
  const far = await Window.open(server, "items");
  await until(() => far.count === 0);
  for (let i = 1; i <= 3; i++) {
    const { reads } = here.source;
    clock.turn(LOOK);
    await until(() => here.source.reads === reads + 1);
  }
  await far[Symbol.asyncDispose]();
  await until(() => [...here.sync.peers].length === 0);
  const { reads } = here.source;
  for (let i = 0; i < 10; i++) {
    clock.turn(LOOK);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.equal(here.source.reads, reads);
  assert.equal(clock.waiting, idle);
});

timed(
  "list: a message that is lost is found by the next one, by a gap, or by a look; doubled ones are one",
  async () => {
    const clock = new FakeClock(), { store, bus } = faulty(memory({ clock }));
    const [here, there] = two({ store, bus }, store, clock);
    await using _one = await here.app.listen({ port: 0 }), other = await there.app.listen({ port: 0 });
    await here.items.replace(["a"]);
    await using far = await Window.open(other, "items");
    await until(() => far.shows(["a"]));
    const isSaid = async (change: () => Promise<void>) => {
      const { length } = bus.said;
      await change();
      await until(() => bus.said.slice(length).some(({ topic }) => topic === "$sync/sync/items"));
    };
    const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

    bus.fault = () => [];
    await isSaid(() => here.items.append("lost"));
    bus.fault = (messages) => messages;
    await isSaid(() => here.items.append("next"));
    await settle();
    clock.turn(HOLD); // the next one waits so long for the one before it
    await until(() => far.shows(["a", "lost", "next"]));
    assert.equal(far.funcs, "set_all set_all");

    bus.fault = () => [];
    await isSaid(() => here.items.append("gap"));
    bus.gap();
    await settle();
    clock.turn(HOLD);
    await until(() => far.shows(["a", "lost", "next", "gap"]));

    bus.fault = (messages) => [...messages, ...messages];
    await isSaid(() => here.items.delete(0));
    await until(() => far.shows(["lost", "next", "gap"]));

    // In another order, within the time that they have.
    const held: Parameters<typeof bus.deliver>[0][number][] = [];
    bus.fault = (messages) => {
      held.push(...messages);
      return [];
    };
    for (const item of ["1", "2", "3"]) await isSaid(() => here.items.append(item));
    const before = far.frames.length;
    bus.deliver(held.toReversed());
    await until(() => far.shows(["lost", "next", "gap", "1", "2", "3"]));
    assert.equal(
      far.frames.slice(before).map(({ func }) => func).join(" "),
      "set_count insert ".repeat(3).trim(),
    );
  },
);

timed(
  "list: the source away while others change it: readers are told, and shown it when it is back",
  async () => {
    const clock = new FakeClock(),
      engine = memory({ clock }),
      [here, there] = two(engine, engine.store, clock);
    await using _one = await here.app.listen({ port: 0 }), other = await there.app.listen({ port: 0 });
    await here.items.append("a");
    there.source.fault = new Error("canary: the database is away");
    await using hand = await Hand.open(other, { path });
    hand.subscribe({ items: "list" });
    const failed = await hand.ask({ func: "get", type: "list", name: "items" });
    assert.equal(failed["error_code"], 8);
    assert.equal(failed["message"], "items cannot be shown now.");
    assert.match(there.log.lines.join("\n"), /a page of a list could not be shown: canary/);
    there.source.fault = undefined;
    await here.items.append("b");
    clock.turn(1000);
    assert.deepEqual((await hand.next())["items"], ["a", "b"]);
  },
);

/** What a writer does next. */
const acts = fc.array(
  fc.record({
    what: fc.constantFrom("insert", "append", "set", "delete", "move", "replace", "get"),
    by: fc.nat({ max: 1 }),
    at: fc.nat({ max: 12 }),
    to: fc.nat({ max: 12 }),
    fault: fc.constantFrom("none", "none", "none", "lost", "doubled", "late"),
  }),
  { minLength: 10, maxLength: 60 },
);

async function act(
  items: List<string>,
  { what, at, to }: { what: string; at: number; to: number },
  value: string,
): Promise<void> {
  const count = await items.count(), index = count === 0 ? 0 : at % count;
  try {
    if (what === "insert") await items.insert(at % (count + 1), value);
    else if (what === "append" || count === 0) await items.append(value);
    else if (what === "set") await items.set(index, value);
    else if (what === "delete") await items.delete(index);
    else if (what === "move") await items.move(index, to % count);
    else if (what === "replace" && at === 0) await items.replace([value, ...Array(to).fill("r")]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the other one has made it shorter meanwhile
  }
}

async function storm(
  isolates: readonly { items: List<string>; server: { readonly url: string } }[],
  steps: readonly { what: string; by: number; at: number; to: number; fault: string }[],
  { before, settle }: { before(fault: string): void; settle(): Promise<void> },
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const windows: Window[] = [];
  for (const { server } of isolates) {
    for (const [page, size] of [[0, 3], [1, 3], [0, 100], [3, 2]] as const) {
      windows.push(stack.use(await Window.open(server, "items", { page, size })));
    }
  }
  const running: Promise<void>[] = [];
  for (const [n, step] of steps.entries()) {
    before(step.fault);
    running.push(act(isolates[step.by]!.items, step, `v${n}`));
    if (step.what === "get") windows[step.at % windows.length]!.ask(step.to % 4, 1 + step.at % 4);
    if (n % 3 === 0) await running.at(-1);
  }
  await Promise.all(running);
  const items = await all(isolates[0]!.items);
  while (!windows.every((window) => window.count >= 0 && window.shows(items))) await settle();
}

Deno.test({
  name:
    "list: two isolates write at once, the bus loses, doubles and shuffles: readers hold their page at the end",
  timeout: 120_000,
  fn: () =>
    fc.assert(
      fc.asyncProperty(acts, async (steps) => {
        const clock = new FakeClock(), { store, bus } = faulty(memory({ clock }));
        const isolates = two({ store, bus }, store, clock);
        await using one = await isolates[0].app.listen({ port: 0 });
        await using other = await isolates[1].app.listen({ port: 0 });
        const servers = [one, other], late: Parameters<typeof bus.deliver>[0][number][] = [];
        let fault = "none";
        bus.fault = (messages) => {
          if (fault === "lost") return [];
          if (fault === "doubled") return [...messages, ...messages];
          if (fault !== "late") return [...messages, ...late.splice(0)];
          late.push(...messages);
          return [];
        };
        await storm(isolates.map(({ items }, at) => ({ items, server: servers[at]! })), steps, {
          before: (next) => fault = next,
          settle: async () => {
            fault = "none";
            bus.deliver(late.splice(0));
            await new Promise((resolve) => setTimeout(resolve, 2));
            clock.turn(LOOK / 10);
          },
        });
      }),
      { numRuns: 25 },
    ),
});

Deno.test({
  name: "list in Deno KV: two isolates write at once: readers hold their page at the end, and are told steps",
  timeout: 120_000,
  fn: () =>
    fc.assert(
      fc.asyncProperty(acts, async (steps) => {
        using db = await openKv(":memory:");
        const make = () => listing(kvList<string>(db, ["items"]), kv(db));
        const isolates = [make(), make()] as const;
        await using one = await isolates[0].app.listen({ port: 0 });
        await using other = await isolates[1].app.listen({ port: 0 });
        const servers = [one, other];
        await storm(isolates.map(({ items }, at) => ({ items, server: servers[at]! })), steps, {
          before() {},
          settle: () => new Promise((resolve) => setTimeout(resolve, 5)),
        });
      }),
      { numRuns: 8 },
    ),
});
