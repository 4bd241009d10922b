import assert from "node:assert/strict";
import { kvList, openKv } from "@argyle/argyle/kv";
import fc from "fast-check";
import { bucketSize } from "../../../server/engine/_kv_list_buckets.ts";
import { compareKeys } from "../../../server/engine/_kv_list_keys.ts";
import { anyEdits, perform } from "../../../testing/_source_edits.ts";
import { Mirror, type SourceItem } from "../../../testing/_source_mirror.ts";
import { type Calls, counted, inspect, keysIn, listOf, small } from "../../helpers/kv_lists.ts";

const byRank = { orderBy: ({ rank, name }: SourceItem) => [rank, name] };

for (const [name, options] of Object.entries({ "kvList": {}, "kvList with an order": byRank })) {
  Deno.test(`${name}: whatever is done, the tree of small buckets is one, and nothing else lies there`, async () => {
    const edits = fc.array(await anyEdits(), { minLength: 1, maxLength: 6 }).map((some) => some.flat());
    let highest = 0;
    const property = fc.asyncProperty(edits, fc.nat(60), async (edits, count) => {
      using db = await openKv(":memory:");
      const list = listOf<SourceItem>(db, options, small);
      await list.replace(Array.from({ length: count }, (_, at) => ({ name: "filled", rank: (at * 7) % 11 })));
      const mirror = await Mirror.of(list);
      for (const edit of edits) {
        await perform(list, mirror, edit);
        highest = Math.max(highest, (await inspect(db, small)).height);
      }
      await mirror.equals(list);
      while (mirror.items.length > 0) mirror.follow(await list.delete(mirror.items.length >> 1));
      await inspect(db, small);
      assert.deepEqual(await keysIn(db), [["list", "root"]]);
    });
    await fc.assert(property, { numRuns: 40 });
    assert.ok(highest >= 3, `the highest tree had ${highest} floors`);
  });
}

const places: Record<string, (round: number, count: number) => number> = {
  "in front": () => 0,
  "at the end": (_, count) => count,
  "before the one that came last": () => 500,
  "behind the one that came last": (round) => 500 + round,
  "between the two that came last": (round) => 500 + (round >> 1),
};

for (const [where, place] of Object.entries(places)) {
  // Between two, keys that have to fit would grow the fastest.
  const inserts = where.startsWith("between") ? 10_000 : 2000;
  Deno.test(`kvList: after ${inserts} inserts ${where} keys and buckets are as small as ever`, async () => {
    using db = await openKv(":memory:");
    const list = listOf<number>(db), expected = Array.from({ length: 1000 }, (_, at) => -at);
    await list.replace(expected);
    const calls = { reads: 0, commits: 0 }, through = listOf<number>(counted(db, calls));
    for (let round = 0; round < inserts; round++) {
      const index = place(round, expected.length);
      await through.insert(index, round);
      expected.splice(index, 0, round);
    }
    assert.equal(calls.commits, inserts);
    assert.ok(calls.reads <= 3 * inserts, `${calls.reads} reads`);
    assert.deepEqual((await list.read(0, 20_000)).items, expected);
    const { height, buckets } = await inspect(db, bucketSize);
    assert.ok(height <= 1 && buckets <= (1000 + inserts) / 64, `${height} floors of ${buckets} buckets`);
    // The last part of a key is a number, which takes nine bytes: nothing in it grows.
    for (const key of await keysIn(db)) assert.ok(key[1] === "root" || Number.isSafeInteger(key.at(-1)));
  });
}

Deno.test("kvList: a list that is filled at its end has full buckets", async () => {
  using db = await openKv(":memory:");
  const list = listOf<number>(db);
  for (let at = 0; at < 2000; at++) await list.insert(undefined, at);
  const { buckets } = await inspect(db, bucketSize);
  assert.equal(buckets, Math.ceil(2000 / 256));
});

Deno.test("kvList: a list that has become short has few buckets again", async () => {
  using db = await openKv(":memory:");
  const list = listOf<number>(db, {}, { entries: 32, bytes: 24_000 }), count = 5000, left = 100;
  await list.replace(Array.from({ length: count }, (_, at) => at));
  const full = await inspect(db, bucketSize);
  // Here and there, so that no bucket becomes empty before the others.
  for (let now = count; now > left; now--) await list.delete(((count - now) * 7919) % now);
  const { height, buckets } = await inspect(db, bucketSize);
  assert.ok(full.height === 2 && full.buckets > 200);
  // Two beside each other have more than half of what one may have, or one of them more than a quarter.
  assert.ok(height <= 1 && buckets <= left / 8 + 1, `${height} floors of ${buckets} buckets`);
});

/** What a page, an insert, an update, a move and a deletion take, at several places of the list. */
async function costs(
  count: number,
  options: typeof byRank | Record<never, never>,
): Promise<Record<string, Calls>> {
  using db = await openKv(":memory:");
  const item = (rank: number): SourceItem => ({ name: "item", rank });
  await listOf<SourceItem>(db, options).replace(Array.from({ length: count }, (_, at) => item(at)));
  const calls: Calls = { reads: 0, commits: 0 }, list = listOf<SourceItem>(counted(db, calls), options);
  const most: Record<string, Calls> = {};
  const measure = async (what: string, run: () => Promise<unknown>) => {
    calls.reads = calls.commits = 0;
    await run();
    const before = most[what] ?? { reads: 0, commits: 0 };
    most[what] = {
      reads: Math.max(before.reads, calls.reads),
      commits: Math.max(before.commits, calls.commits),
    };
  };
  for (const at of [0, 100, count >> 1, count - 30]) {
    await measure("page", async () => assert.equal((await list.read(at, at + 25)).items.length, 25));
    await measure("insert", () => list.insert(list.isOrdered ? undefined : at, item(at)));
    await measure("update", () => list.update(at, (old) => ({ ...old, rank: old.rank + 10 })));
    await measure("delete", () => list.delete(at));
    if (list.move !== undefined) await measure("move", () => list.move!(at, count >> 2));
  }
  return most;
}

for (const [name, options] of Object.entries({ "kvList": {}, "kvList with an order": byRank })) {
  Deno.test(`${name}: at 100,000 items it takes as many calls as at 1,000, but for one more floor`, async () => {
    const few = await costs(1000, options), many = await costs(100_000, options);
    assert.deepEqual(few.insert, { reads: 2, commits: 1 });
    assert.ok(few.page!.reads <= 6 && few.page!.commits === 0, JSON.stringify(few));
    for (const [what, { reads, commits }] of Object.entries(many)) {
      assert.equal(commits, few[what]!.commits, what);
      assert.ok(reads <= few[what]!.reads + 2, `${what}: ${reads} reads, and ${few[what]!.reads} at 1,000`);
    }
  });
}

Deno.test("kvList: its versions and items outlive the process", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = await openKv(`${folder}/app.kv`);
    const list = kvList<string>(first, ["words"]);
    await list.replace(["tea", "milk"]);
    await list.insert(1, "bread");
    first.close();
    using second = await openKv(`${folder}/app.kv`);
    const again = kvList<string>(second, ["words"]);
    assert.deepEqual(await again.read(0, 9), { version: 2, count: 3, items: ["tea", "bread", "milk"] });
    assert.equal((await again.delete(0)).version, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("kvList: two lists of one database do not meet, also where one's prefix begins with the other's", async () => {
  using db = await openKv(":memory:");
  const one = kvList<number>(db, ["a"]), other = kvList<number>(db, ["a", "b"]);
  await one.replace([1, 2, 3]);
  await other.replace([4, 5]);
  await one.replace([6]);
  assert.deepEqual((await one.read(0, 9)).items, [6]);
  assert.deepEqual((await other.read(0, 9)).items, [4, 5]);
});

const anyPart = fc.oneof(
  fc.string({ unit: "binary", maxLength: 3 }),
  fc.constantFrom("", "\0", "a", "a\0", "ﬁ", "𝄞", "z"),
  fc.double({ noNaN: true }).map((number) => number === 0 ? 0 : number),
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.boolean(),
  fc.uint8Array({ maxLength: 3 }),
);

Deno.test("compareKeys: has the order of Deno KV, for parts of any kind", async () => {
  using db = await openKv(":memory:");
  const keys = fc.array(fc.array(anyPart, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 8 });
  await fc.assert(fc.asyncProperty(keys, async (keys) => {
    await Promise.all(keys.map((key) => db.set(["order", ...key], 0)));
    const listed = await Array.fromAsync(db.list({ prefix: ["order"] }));
    const own = keys.toSorted(compareKeys).filter((key, at, all) =>
      at === 0 || compareKeys(all[at - 1]!, key) !== 0
    );
    assert.deepEqual(own, listed.map(({ key }) => key.slice(1)));
    await Promise.all(listed.map(({ key }) => db.delete(key)));
  }));
});

Deno.test("kvList with an order: what is equal stands in the order in which it came, also after a replacement", async () => {
  using db = await openKv(":memory:");
  const list = listOf<string>(db, { orderBy: (text) => [text[0]!] }, small);
  await list.replace(["b1", "a1", "b2", "a2"]);
  for (const text of ["a3", "b3", "a4", "c1", "b4"]) await list.insert(undefined, text);
  const { items } = await list.read(0, 20);
  assert.deepEqual(items, ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4", "c1"]);
});

Deno.test("kvList with an order: long texts make small buckets, and the list is in order", async () => {
  using db = await openKv(":memory:");
  const list = listOf<string>(db, { orderBy: (text) => [text] });
  const texts = Array.from({ length: 400 }, (_, at) => `${"日本".repeat(150)}${(at * 7919) % 1000}`);
  await list.replace(texts.slice(0, 200));
  for (const text of texts.slice(200)) await list.insert(undefined, text);
  assert.deepEqual((await list.read(0, 1000)).items, texts.toSorted());
  const { buckets } = await inspect(db, bucketSize);
  assert.ok(buckets >= 15);
});
