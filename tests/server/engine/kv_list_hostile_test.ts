import assert from "node:assert/strict";
import { kvList, openKv } from "@argyle/argyle/kv";
import { bucketSize } from "../../../server/engine/_kv_list_buckets.ts";
import { Paths } from "../../../server/engine/_kv_list_keys.ts";
import { KvItems } from "../../../server/engine/_kv_list_source.ts";
import { Turns } from "../../../server/engine/turns.ts";
import { inspect, keysIn, listOf, small } from "../../helpers/kv_lists.ts";
import { impatient, locked, replaced, withCommits } from "../../helpers/flaky_kv.ts";

Deno.test("kvList: an item that is too large is refused, and nothing has changed", async () => {
  using db = await openKv(":memory:");
  const list = kvList<string>(db, ["list"]), large = "x".repeat(65_536);
  await list.insert(0, "tea");
  const refused = {
    name: "RangeError",
    message: "Cannot store an item of the list in Deno KV: its value is too large (max 65536 bytes).",
  };
  await assert.rejects(() => Promise.resolve(list.insert(0, large)), refused);
  await assert.rejects(() => Promise.resolve(list.update(0, () => large)), refused);
  assert.deepEqual(await list.read(0, 9), { version: 1, count: 1, items: ["tea"] });
  await inspect(db, bucketSize);
  assert.equal((await list.insert(0, "x".repeat(65_000))).version, 2);
});

Deno.test("kvList: the largest items stand beside each other, and a bucket of them splits", async () => {
  using db = await openKv(":memory:");
  const list = listOf<string>(db, {}, small);
  for (let at = 0; at < 30; at++) await list.insert(at >> 1, String(at).padEnd(65_000, "."));
  await inspect(db, small);
  for (let at = 0; at < 30; at++) await list.delete(0);
  assert.deepEqual(await keysIn(db), [["list", "root"]]);
});

Deno.test("kvList: what cannot be stored is refused, and nothing has changed", async () => {
  using db = await openKv(":memory:");
  const list = kvList<unknown>(db, ["list"]);
  await assert.rejects(async () => await list.insert(0, () => 1), /could not be cloned/);
  assert.deepEqual(await keysIn(db), []);
  for (const item of [null, undefined, 0, "", false, NaN]) await list.insert(undefined, item);
  assert.deepEqual((await list.read(0, 9)).items, [null, undefined, 0, "", false, NaN]);
});

Deno.test("kvList with an order: what has no order is refused, and nothing has changed", async () => {
  using db = await openKv(":memory:");
  const list = kvList<unknown>(db, ["list"], { orderBy: (item) => item as Deno.KvKey });
  for (
    const order of [
      "tea",
      undefined,
      null,
      [undefined],
      [null],
      [{}],
      [[1]],
      [NaN],
      [Symbol.iterator],
      new Set(),
    ]
  ) {
    await assert.rejects(async () => await list.insert(undefined, order), {
      name: "TypeError",
      message:
        "Cannot order an item: orderBy gives an array of strings, numbers, bigints, booleans or Uint8Arrays.",
    });
  }
  await assert.rejects(async () => await list.insert(undefined, ["ü".repeat(500)]), {
    name: "RangeError",
    message: "Cannot order an item by 1002 bytes: at most 1000. Order by less of it.",
  });
  assert.deepEqual(await keysIn(db), []);
  await list.insert(undefined, ["ü".repeat(499)]);
  await assert.rejects(async () => await list.update(0, () => [NaN]), TypeError);
  assert.equal((await list.read(0, 9)).version, 1);
});

Deno.test("kvList with an order: an order that throws is what is thrown", async () => {
  using db = await openKv(":memory:");
  const list = kvList<{ name?: string }>(db, ["list"], { orderBy: ({ name }) => [name!.toLowerCase()] });
  await assert.rejects(async () => await list.insert(undefined, {}), TypeError);
  await assert.rejects(() => list.replace([{ name: "tea" }, {}]), TypeError);
  assert.deepEqual(await keysIn(db), []);
});

Deno.test("kvList: what lies at its keys and is not its own is an error that names the key", async () => {
  const at = (key: string, why: string) => ({
    name: "ForeignValue",
    message: `Cannot read the list at the key ${key}: ${why}.`,
  });
  using db = await openKv(":memory:");
  const list = listOf<number>(db, {}, small), root = ["list", "root"];
  await list.replace(Array.from({ length: 20 }, (_, at) => at));
  const { value: whole } = await db.get<Record<string, unknown>>(root);
  const roots = [null, 7, "x", {}, { ...whole, version: -1 }, { ...whole, count: 21 }, {
    ...whole,
    generation: 3,
  }];
  const tops = [null, {}, { keys: "x" }, { keys: [1.5] }, { height: 0, ids: [1], counts: [20] }];
  for (const value of [...roots, ...tops.map((top) => ({ ...whole, top })), { ...whole, list: 2 }]) {
    await db.set(root, value);
    for (
      const run of [
        () => list.read(0, 1),
        () => list.insert(0, 1),
        () => list.delete(0),
        () => list.replace([]),
      ]
    ) {
      await assert.rejects(async () => await run(), at('["list", "root"]', "no list lies there"));
    }
  }
  await db.set(root, whole);
  assert.equal((await list.read(0, 9)).items.length, 9);

  const [bucket, item] = ["buckets", "items"].map((kind) =>
    keysIn(db).then((keys) => keys.find((key) => key[1] === kind)!)
  );
  const { value: good, key } = await db.get(await bucket!);
  for (const value of [null, {}, { keys: [1, 2] }, { keys: ["x"] }, { height: 7, ids: [1], counts: [1] }]) {
    await db.set(key, value);
    const name = `["list", "buckets", "${String(key[2])}", ${String(key[3])}]`;
    await assert.rejects(async () => await list.read(0, 20), at(name, "no bucket of 3 items lies under it"));
  }
  await db.set(key, good);
  await db.delete(await item!);
  await assert.rejects(async () => await list.read(0, 20), {
    name: "ForeignValue",
    message:
      /^Cannot read the list at the key \["list", "items", "[-0-9a-f]+", -20\]: nothing lies under it, and /,
  });
});

Deno.test("kvList: a list with an order is not read without one, nor the other way round", async () => {
  using db = await openKv(":memory:");
  const options = { orderBy: (item: number) => [item] };
  await kvList<number>(db, ["list"], options).insert(undefined, 1);
  await assert.rejects(async () => await kvList<number>(db, ["list"]).read(0, 1), {
    message: 'Cannot read the list at the key ["list", "root"]: the list there was made with orderBy.',
  });
  await kvList<number>(db, ["plain"]).insert(undefined, 1);
  await assert.rejects(async () => await kvList<number>(db, ["plain"], options).read(0, 1), {
    message: 'Cannot read the list at the key ["plain", "root"]: the list there was made without orderBy.',
  });
});

Deno.test("kvList: without a database or a place the error says what to give", () => {
  assert.throws(() => kvList(undefined as unknown as Deno.Kv, ["a"]), /Give what `await openKv\(\)` returns/);
  assert.throws(
    () => kvList({ atomic() {} } as unknown as Deno.Kv, []),
    /give a prefix such as \["products"\]/,
  );
});

Deno.test("kvList: functions that take their time are not overtaken for ever", async () => {
  using one = await openKv(":memory:");
  const lists = [listOf<number>(one), listOf<number>(one)];
  await lists[0]!.insert(0, 0);
  let calls = 0;
  await Promise.all(Array.from({ length: 30 }, (_, at) =>
    lists[at % 2]!.update(0, async (old) => {
      calls++;
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      return old + 1;
    })));
  assert.deepEqual(await lists[0]!.read(0, 9), { version: 31, count: 1, items: [30] });
  assert.ok(calls <= 2 * 30 + 30, `${calls} calls`);
});

Deno.test("kvList: a function that changes its list each time ends with an error, and the others go on", async () => {
  using db = await openKv(":memory:");
  const list = listOf<number>(db, { clock: impatient() }), elsewhere = listOf<number>(replaced(db, {}));
  await list.insert(0, 0);
  let calls = 0;
  const endless = list.update(0, async (old) => {
    calls++;
    await elsewhere.update(0, (other) => other + 1);
    return old + 1000;
  });
  await assert.rejects(async () => await endless, {
    message: 'Cannot update: the list ["list"] has changed each of 64 times.',
  });
  assert.equal(calls, 65);
  assert.deepEqual((await list.read(0, 1)).items, [65]);
});

Deno.test("kvList: a reader whom others overtake again and again waits in their line, and reads", async () => {
  using db = await openKv(":memory:");
  let held = 0, reads = 0;
  class Watched extends Turns {
    override async take(name: string, ms?: number): Promise<() => void> {
      const give = await super.take(name, ms);
      held++;
      let isHeld = true;
      return () => {
        if (isHeld) held--;
        isHeld = false;
        give();
      };
    }
  }
  const changes: Promise<unknown>[] = [];
  const overtaken = replaced(db, {
    // Whoever reads items: before they come, somebody else changes the list, or stands in line to do so.
    getMany: (async (keys: Deno.KvKey[]) => {
      reads++;
      const change = writer.insert(0, 0);
      changes.push(change);
      if (held === 0) await change;
      return await db.getMany(keys);
    }) as Deno.Kv["getMany"],
  });
  const line = { turns: new Watched(), name: "list" };
  const reading = { paths: new Paths(["list"]), isOrdered: false, clock: impatient(), size: bucketSize };
  const writer = new KvItems<number>({ db, ...reading }, line);
  const reader = new KvItems<number>({ db: overtaken, ...reading }, line);
  await writer.insert(0, 0);
  const { version, items } = await reader.read(0, 5);
  assert.equal(reads, 4);
  assert.deepEqual([version, items.length], [4, 4]);
  await Promise.all(changes);
  assert.equal((await writer.read(0, 0)).version, 5);
});

Deno.test("kvList: what is read while another process writes all the time is of one moment", async () => {
  using db = await openKv(":memory:");
  const list = listOf<number>(db, {}, small), elsewhere = listOf<number>(replaced(db, {}), {}, small);
  await list.replace(Array.from({ length: 40 }, () => 0));
  let isOver = false;
  // Each change keeps the sum at the number of changes.
  const writing = (async () => {
    for (let at = 0; !isOver; at++) await elsewhere.update(at % 40, (old) => old + 1);
  })();
  for (let round = 0; round < 20; round++) {
    const { version, items } = await list.read(0, 40);
    assert.equal(items.reduce((sum, one) => sum + one, 0), version - 1);
  }
  isOver = true;
  await writing;
});

Deno.test("kvList: a file that is locked is waited for, reading and writing", async () => {
  using db = await openKv(":memory:");
  let fails = 0;
  const flaky = replaced(withCommits(db, () => fails++ % 3 < 2 ? locked() : undefined), {
    getMany: ((keys: Deno.KvKey[]) =>
      fails++ % 2 === 0 ? Promise.reject(locked()) : db.getMany(keys)) as Deno.Kv["getMany"],
  });
  const list = listOf<number>(flaky, { clock: impatient() }, small);
  await list.replace(Array.from({ length: 30 }, (_, at) => at));
  for (let at = 0; at < 10; at++) await list.delete(at);
  assert.equal((await list.read(0, 99)).count, 20);
  await inspect(db, small);
});

Deno.test("kvList: a commit of which nobody knows whether it was made is not made again", async () => {
  using db = await openKv(":memory:");
  let commits = 0;
  const list = listOf<number>(
    withCommits(db, () => ++commits === 2 ? new Error("The connection is gone.") : undefined),
  );
  await list.insert(0, 1);
  await assert.rejects(async () => await list.insert(0, 2), { message: "The connection is gone." });
  assert.equal(commits, 2);
  await list.insert(0, 3);
  assert.deepEqual((await list.read(0, 9)).items, [3, 1]);
});
