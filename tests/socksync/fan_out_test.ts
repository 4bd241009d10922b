import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { attachList, type List, list } from "../../socksync/list.ts";
import { variable } from "../../socksync/variable.ts";
import type { ListSlice } from "../../socksync/source.ts";
import { alone, makePeer, Pipe, type Raw } from "./_ends.ts";
import { ToldSource } from "./_sources.ts";

/** An item that counts how often it is written. */
class Item {
  written = 0;

  constructor(readonly name: string) {}

  toJSON(): string {
    this.written++;
    return this.name;
  }
}

Deno.test("fan-out: one insert is written once, however many see it in however many windows", async () => {
  const items = Array.from({ length: 600 }, (_, i) => new Item(`item ${i}`));
  const shared = list(items, { maxPageSize: 10 }), pipes: Pipe[] = [];
  for (let reader = 0; reader < 10_000; reader++) {
    const { peer } = makePeer({ shared: { x: shared } }), pipe = new Pipe();
    peer.open(pipe);
    peer.receive('{"func":"subscribe","type":"list","name":"x"}');
    peer.receive(`{"func":"get","type":"list","name":"x","page":${reader % 50}}`);
    equal(pipe.take().length, 1);
    pipes.push(pipe);
  }
  for (const item of items) item.written = 0;
  const added = new Item("new");
  await shared.insert(5, added);
  equal(added.written, 1);
  equal(
    items.reduce((sum, { written }) => sum + written, 0),
    49,
    "the first item of each page but the first, once",
  );
  const texts = new Map<string, number>();
  for (const [reader, pipe] of pipes.entries()) {
    equal(pipe.texts.length, 3);
    const { func, index, value } = JSON.parse(pipe.texts[2]!);
    const page = reader % 50;
    deepEqual(
      [func, index, value],
      page === 0 ? ["insert", 5, "new"] : ["insert", 0, `item ${page * 10 - 1}`],
    );
    for (const text of pipe.texts) texts.set(text, (texts.get(text) ?? 0) + 1);
  }
  equal(texts.size, 1 + 1 + 50, "a count, a delete, and one insert for each window");
  ok([...texts.values()].every((count) => count >= 200));
});

Deno.test("fan-out: whoever asks for a page at the same time as others is given the same text", async () => {
  const source = new ToldSource(["a", "b"]), shared = list(source);
  const held: (() => void)[] = [];
  const read = source.read.bind(source);
  source.read = (start, end) =>
    new Promise((resolve) => held.push(() => resolve(read(start, end) as ListSlice<string>)));
  const raws = Array.from({ length: 100 }, () => alone({ shared: { x: shared } }));
  for (const raw of raws) {
    raw.say({ func: "subscribe", type: "list", name: "x" });
    raw.say({ func: "get", type: "list", name: "x" });
  }
  equal(held.length, 1, "the first is being read; the rest wait");
  held.shift()!();
  await new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve)));
  for (let turn = 0; turn < 20; turn++) await undefined;
  equal(held.length, 1, "and are read together");
  held.shift()!();
  for (let turn = 0; turn < 20; turn++) await undefined;
  for (const raw of raws) equal(raw.pipe.frames.length, 1);
});

Deno.test("fan-out: a variable is written once for all who see it", async () => {
  const shared = variable<unknown>(0),
    raws = Array.from({ length: 1000 }, () => alone({ shared: { x: shared } }));
  for (const raw of raws) raw.say({ func: "subscribe", type: "var", name: "x" });
  const value = new Item("new");
  await shared.set(value);
  equal(value.written, 1);
  for (const raw of raws) deepEqual(raw.pipe.texts, ['{"func":"set","type":"var","name":"x","value":"new"}']);
});

Deno.test("fan-out: a value that JSON has no words for changes nothing, seen or not", async () => {
  for (const isSeen of [false, true]) {
    const shared = variable<unknown>(1), raw = alone({ shared: { x: shared } });
    if (isSeen) raw.say({ func: "subscribe", type: "var", name: "x" });
    const error = await shared.set(10n).catch((error) => error);
    ok(error instanceof TypeError);
    equal(shared.value, 1);
    equal(raw.pipe.texts.length, 0);
    await shared.set(2);
    equal(raw.pipe.texts.length, isSeen ? 1 : 0, "and the next one works");
  }
});

/** A list of which some stretches cannot be read. */
class TornSource extends ToldSource<unknown> {
  /** Which indexes cannot be read. */
  isTorn: (index: number) => boolean = () => false;
  isAsync = false;

  override read(start: number, end: number): ListSlice<unknown> | Promise<ListSlice<unknown>> {
    for (let i = start; i < Math.min(end, this.items.length); i++) {
      if (!this.isTorn(i)) continue;
      const error = new Error(`Cannot read ${i}.`);
      if (this.isAsync) return Promise.reject(error);
      throw error;
    }
    const slice = super.read(start, end);
    return this.isAsync ? Promise.resolve(slice) : slice;
  }
}

function torn() {
  const clock = new FakeClock(), failures: string[] = [];
  const source = new TornSource(Array.from({ length: 12 }, (_, i) => i));
  const shared = list(source as TornSource, { maxPageSize: 3 });
  const failed = (what: string, error: unknown) => void failures.push(`${what}: ${(error as Error).message}`);
  attachList(shared as List<unknown>, "$sync/x", { clock, changed() {}, looked() {}, failed }, {
    changed() {},
  });
  return { clock, failures, source, shared };
}

function see(shared: List<unknown>, page: number): Raw {
  const raw = alone({ shared: { x: shared } });
  raw.say({ func: "subscribe", type: "list", name: "x" });
  raw.say({ func: "get", type: "list", name: "x", page });
  return raw;
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await undefined;
}

for (const isAsync of [false, true]) {
  Deno.test(`fan-out: where some stretches cannot be read, the others are told all the same (${isAsync ? "later" : "at once"})`, async () => {
    const { clock, failures, source, shared } = torn(), raws = [0, 1, 2].map((page) => see(shared, page));
    source.isAsync = isAsync;
    source.isTorn = (index) => index >= 3 && index < 6;
    for (const raw of raws) raw.pipe.take();
    await shared.insert(0, "new");
    await quiet();
    const funcs = () => raws.map(({ pipe }) => pipe.take().map(({ func }) => func).join());
    const whole = "set_count,delete,insert";
    deepEqual(funcs(), [whole, "error", whole]);
    ok(failures.length > 0);
    // Until it has its page, changes are nothing to it; it is told once.
    await shared.insert(0, "newer");
    await quiet();
    deepEqual(funcs(), [whole, "", whole]);
    clock.turn(1000);
    await quiet();
    deepEqual(funcs(), ["", "", ""]);
    source.isTorn = () => false;
    clock.turn(2000);
    await quiet();
    deepEqual(raws[1]!.pipe.take()[0]!["items"], [1, 2, 3]);
    clock.turn(100_000);
    await quiet();
    deepEqual(funcs(), ["", "", ""]);
    await shared.insert(0, "newest");
    await quiet();
    deepEqual(funcs(), [whole, whole, whole]);
    equal(clock.waiting, 0);
  });
}

Deno.test("fan-out: one who has got the page by another way is not shown it again", async () => {
  const { clock, source, shared } = torn(), raw = see(shared, 1);
  source.isTorn = (index) => index >= 3 && index < 6;
  await shared.insert(0, "new");
  source.isTorn = () => false;
  raw.pipe.take();
  source.tell({ version: ++source.version, count: source.items.length });
  equal(raw.pipe.take().length, 1);
  clock.turn(100_000);
  equal(raw.pipe.texts.length, 0);
  equal(clock.waiting, 0);
});

Deno.test("fan-out: the error says what cannot be shown, and not why", () => {
  const { source, shared } = torn();
  source.isTorn = () => true;
  const raw = see(shared, 0);
  deepEqual(raw.pipe.take(), [{
    func: "error",
    error_code: 8,
    message: "x cannot be shown now.",
    type: "list",
    name: "x",
  }]);
  deepEqual(raw.failures, []);
});

Deno.test("fan-out: one who has left is not read for any more", async () => {
  const { clock, source, shared } = torn();
  source.isTorn = () => true;
  const raw = see(shared, 0), other = see(shared, 2);
  raw.say({ func: "unsubscribe_all" });
  raw.pipe.take();
  source.isTorn = () => false;
  source.reads = 0;
  clock.turn(1000);
  await quiet();
  equal(source.reads, 1);
  other.say({ func: "unsubscribe_all" });
  equal(raw.pipe.texts.length, 0);
  equal(clock.waiting, 0);
});

Deno.test("fan-out: an item that JSON has no words for harms those who see it, and nobody else", async () => {
  const { clock, shared } = torn(), raws = [0, 1, 2].map((page) => see(shared, page));
  for (const raw of raws) raw.pipe.take();
  await shared.set(4, 10n);
  await quiet();
  deepEqual(raws.map(({ pipe }) => pipe.take().map(({ func }) => func).join()), ["", "error", ""]);
  await shared.insert(0, "new");
  await quiet();
  deepEqual(raws.map(({ pipe }) => pipe.take().length), [3, 0, 3]);
  await shared.set(5, 4);
  clock.turn(30_000);
  await quiet();
  deepEqual(raws[1]!.pipe.take().map(({ items }) => items), [[2, 3, 4]]);
});

Deno.test("fan-out: a source that cannot be watched is tried again when the next one looks", () => {
  const { failures, source, shared } = torn();
  const watch = source.watch.bind(source);
  source.watch = () => {
    throw new Error("no ear");
  };
  see(shared, 0);
  deepEqual(failures, ["a list cannot be watched: no ear"]);
  source.watch = watch;
  const raw = see(shared, 1);
  equal(source.watches, 1);
  raw.pipe.take();
  source.tell(source.insert(0, "new"));
  equal(raw.pipe.take().length, 3);
});
