import assert from "node:assert/strict";
import { kvList, openKv } from "@argyle/argyle/kv";
import { systemClock } from "@argyle/argyle/protocol";
import { bucketSize } from "../../../server/engine/_kv_list_buckets.ts";
import { GONE_AFTER } from "../../../server/engine/_kv_list_replace.ts";
import { counted, inspect, keysIn, listOf, small } from "../../helpers/kv_lists.ts";
import { replaced, withCommits } from "../../helpers/flaky_kv.ts";

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, at) => from + at);

/** A minute and a second later. */
const later = { ...systemClock, now: () => Date.now() + GONE_AFTER + 1000 };

/** As when the process is killed after so many commits: nothing more is written, and no error is handled. */
function killedAfter(db: Deno.Kv, commits: number): { db: Deno.Kv; killed: Promise<void> } {
  const { promise: killed, resolve } = Promise.withResolvers<void>();
  const never = () => {
    resolve();
    return new Promise<never>(() => {});
  };
  const dying = replaced(db, {
    atomic() {
      const atomic = db.atomic(), commit = atomic.commit.bind(atomic);
      atomic.commit = () => commits-- > 0 ? commit() : never();
      return atomic;
    },
  });
  return {
    db: new Proxy(dying, {
      get: (target, name) =>
        name === "delete"
          ? (key: Deno.KvKey) => commits-- > 0 ? db.delete(key) : never()
          : Reflect.get(target, name),
    }),
    killed,
  };
}

Deno.test("kvList.replace: 100,000 items are some hundred and a bit commits", async () => {
  using db = await openKv(":memory:");
  const calls = { reads: 0, commits: 0 }, list = listOf<number>(counted(db, calls));
  const change = await list.replace(numbers(100_000));
  assert.deepEqual(change, { version: 1, count: 100_000 });
  assert.ok(calls.commits <= 106, `${calls.commits} commits`);
  assert.deepEqual((await list.read(99_990, 100_010)).items, numbers(10, 99_990));
  await inspect(db, bucketSize);
});

Deno.test("kvList.replace: large items are written fewer at once", async () => {
  using db = await openKv(":memory:");
  const list = listOf<string>(db), items = numbers(600).map((at) => `${at} `.padEnd(60_000, "x"));
  await list.replace(items);
  assert.deepEqual((await list.read(298, 302)).items, items.slice(298, 302));
  await inspect(db, bucketSize);
  await list.replace([]);
  assert.deepEqual(await keysIn(db), [["list", "root"]]);
});

Deno.test("kvList.replace: whenever the process is killed, the list is whole: as it was before, or after", async () => {
  const before = numbers(1500), after = numbers(2500, 10_000);
  const ends = new Set<string>();
  for (let commits = 0;; commits++) {
    using db = await openKv(":memory:");
    const list = listOf<number>(db);
    await list.replace(before);
    const { db: dying, killed } = killedAfter(db, commits);
    const isDone = await Promise.race([
      listOf<number>(dying).replace(after).then(() => true),
      killed.then(() => false),
    ]);
    const { version, items } = await list.read(0, 10_000);
    assert.deepEqual(items, version === 1 ? before : after, `killed after ${commits} commits`);
    ends.add(`${version} ${(await keysIn(db)).some((key) => key[1] === "leavings")}`);
    assert.equal((await list.insert(0, -1)).version, version + 1);
    // Who comes soon after does not know that the writer is gone; a minute later it is known.
    await listOf<number>(db, { clock: later }).replace([1, 2, 3]);
    await inspect(db, bucketSize);
    if (isDone) break;
    assert.ok(commits < 100);
  }
  assert.deepEqual([...ends].sort(), ["1 false", "1 true", "2 false", "2 true"]);
});

Deno.test("kvList.replace: who replaces soon after leaves alone what another still writes", async () => {
  using db = await openKv(":memory:");
  const reached = Promise.withResolvers<void>(), goOn = Promise.withResolvers<void>();
  let commits = 0;
  const slow = replaced(db, {
    atomic() {
      const atomic = db.atomic(), commit = atomic.commit.bind(atomic);
      atomic.commit = async () => {
        // The entry and the first thousand are written.
        if (++commits === 3) {
          reached.resolve();
          await goOn.promise;
        }
        return await commit();
      };
      return atomic;
    },
  });
  const one = listOf<number>(slow).replace(numbers(1500));
  await reached.promise;
  const list = listOf<number>(db);
  await list.replace([7, 8]);
  assert.deepEqual(await list.read(0, 9), { version: 1, count: 2, items: [7, 8] });
  goOn.resolve();
  assert.deepEqual(await one, { version: 2, count: 1500 });
  assert.deepEqual((await list.read(0, 3)).items, [0, 1, 2]);
  await inspect(db, bucketSize);
});

Deno.test("kvList.replace: who stood still for a minute is told that another has begun, and changes nothing", async () => {
  const items = numbers(3000), tooLarge = ["x".repeat(70_000)];
  let isThrough = false;
  for (let at = 2; !isThrough; at++) {
    using db = await openKv(":memory:");
    const list = listOf<unknown>(db);
    await list.replace([7, 8]);
    let commits = 0, isSwitch = false;
    const slow = replaced(db, {
      atomic() {
        const atomic = db.atomic(), commit = atomic.commit.bind(atomic), set = atomic.set.bind(atomic);
        let isRoot = false;
        atomic.set = (key, ...rest) => {
          isRoot ||= key[1] === "root";
          return set(key, ...rest);
        };
        atomic.commit = async () => {
          // The other one tidies up, and then comes to nothing: the root is as it was.
          if (++commits === at) {
            isSwitch = isRoot;
            await assert.rejects(() => listOf<unknown>(db, { clock: later }).replace(tooLarge), RangeError);
          }
          return await commit();
        };
        return atomic;
      },
    });
    await assert.rejects(() => listOf<number>(slow).replace(items), {
      message:
        "Cannot replace the list: writing it has stood still for more than 60 seconds, and somebody else has " +
        "begun to replace it meanwhile. Nothing has changed.",
    });
    assert.deepEqual(await list.read(0, 9), { version: 1, count: 2, items: [7, 8] }, `before commit ${at}`);
    await inspect(db, bucketSize);
    isThrough = isSwitch;
  }
});

Deno.test("kvList.replace: what the list has is not tidied away, though an entry says that it is left", async () => {
  using db = await openKv(":memory:");
  const list = listOf<unknown>(db);
  await list.insert(0, "tea");
  const { value } = await db.get<{ generation: string }>(["list", "root"]);
  await db.set(["list", "leavings", value!.generation], 0);
  await assert.rejects(() => list.replace(["x".repeat(70_000)]), RangeError);
  assert.deepEqual((await list.read(0, 9)).items, ["tea"]);
  await list.replace(["milk"]);
  await inspect(db, bucketSize);
});

Deno.test("kvList.replace: several at once come one after the other, among other changes", async () => {
  using db = await openKv(":memory:");
  const lists = [0, 1, 2].map(() => listOf<number>(db, {}, small));
  await Promise.all(lists.flatMap((list, at) => [
    list.replace(numbers(100, at * 1000)),
    list.insert(undefined, -1),
    list.insert(0, -2),
  ]));
  const { version, items } = await lists[0]!.read(0, 1000), first = items.find((item) => item >= 0)!;
  assert.equal(version, 9);
  assert.deepEqual(items.filter((item) => item >= 0), numbers(100, first));
  await inspect(db, small);
});

Deno.test("kvList.replace: a list that is read meanwhile is the old one or the new one", async () => {
  using db = await openKv(":memory:");
  const list = listOf<number>(db, {}, small), other = listOf<number>(db, {}, small);
  await list.replace(numbers(300));
  let isOver = false;
  const replacing = (async () => {
    for (let round = 1; round <= 5; round++) await other.replace(numbers(300, round * 1000));
    isOver = true;
  })();
  const seen = new Set<number>();
  while (!isOver) {
    const { version, items } = await list.read(100, 200);
    assert.deepEqual(items, numbers(100, (version - 1) * 1000 + 100));
    seen.add(version);
  }
  await replacing;
  assert.ok(seen.size > 1);
});

Deno.test("kvList.replace: an item that is too large is refused, and nothing of the others is left", async () => {
  using db = await openKv(":memory:");
  const list = kvList<string>(db, ["list"]);
  await list.replace(["tea"]);
  await assert.rejects(() => list.replace(["milk", "x".repeat(70_000), ...numbers(2000).map(String)]), {
    name: "RangeError",
    message: "Cannot store an item of the list in Deno KV: its value is too large (max 65536 bytes).",
  });
  assert.deepEqual((await list.read(0, 9)).items, ["tea"]);
  await inspect(db, bucketSize);
});

Deno.test("kvList.replace: a database that fails is what is thrown, and the list is as it was", async () => {
  using db = await openKv(":memory:");
  await listOf<number>(db).replace([1]);
  let commits = 0;
  const failing = withCommits(db, () => ++commits > 2 ? new Error("The disk is full.") : undefined);
  await assert.rejects(() => listOf<number>(failing).replace(numbers(3000)), {
    message: "The disk is full.",
  });
  assert.deepEqual((await listOf<number>(db).read(0, 9)).items, [1]);
});
