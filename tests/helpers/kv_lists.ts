/** What lies in Deno KV of a list, and how often its database is called. */
import assert from "node:assert/strict";
import { type BucketSize, bucketSize } from "../../server/engine/_kv_list_buckets.ts";
import { kvListOf, type KvListOptions } from "../../server/engine/kv_list.ts";

/** So small that a list of thirty is a tree of three floors. */
export const small: BucketSize = { entries: 4, bytes: 1000 };

/** A list at `["list"]`. */
export function listOf<T>(db: Deno.Kv, options: KvListOptions<T> = {}, size: BucketSize = bucketSize) {
  return kvListOf<T>(db, ["list"], options, size);
}

/** Every key at or below `["list"]`. */
export async function keysIn(db: Deno.Kv): Promise<Deno.KvKey[]> {
  return (await Array.fromAsync(db.list({ prefix: ["list"] }))).map(({ key }) => key);
}

interface Stored {
  height?: number;
  keys?: (number | Deno.KvKeyPart[])[];
  ids?: number[];
  counts?: number[];
}

/**
 * Holds what lies there against itself: every bucket is in the tree once and not too large, every item in one bucket, and
 * nothing else lies there. @returns the height of the tree and how many buckets it has
 */
export async function inspect(db: Deno.Kv, size: BucketSize): Promise<{ height: number; buckets: number }> {
  const { value: root } = await db.get<{ generation: string; count: number; top: Stored }>(["list", "root"]);
  if (root === null) {
    assert.deepEqual(await keysIn(db), []);
    return { height: 0, buckets: 0 };
  }
  const { generation } = root, expected = new Set(['["list","root"]']);
  let buckets = 0;
  const walk = async (bucket: Stored, isTop: boolean): Promise<number> => {
    const entries = bucket.keys ?? bucket.ids ?? [];
    assert.ok(entries.length <= size.entries && (isTop || entries.length > 0));
    for (const key of bucket.keys ?? []) {
      const path = JSON.stringify(["list", "items", generation, ...Array.isArray(key) ? key : [key]]);
      assert.ok(!expected.has(path), `${path} twice`);
      expected.add(path);
    }
    if (bucket.ids === undefined) return entries.length;
    let all = 0;
    for (const [at, id] of bucket.ids.entries()) {
      const { key, value } = await db.get<Stored>(["list", "buckets", generation, id]);
      expected.add(JSON.stringify(key));
      buckets++;
      assert.equal(value?.height ?? 0, bucket.height! - 1);
      const count = await walk(value!, false);
      assert.equal(count, bucket.counts![at]);
      all += count;
    }
    return all;
  };
  assert.equal(await walk(root.top, true), root.count);
  assert.deepEqual((await keysIn(db)).map((key) => JSON.stringify(key)).sort(), [...expected].sort());
  return { height: root.top.height ?? 0, buckets };
}

/** How often a database was called. */
export interface Calls {
  reads: number;
  commits: number;
}

/** The same database, whose calls are counted. */
export function counted(db: Deno.Kv, calls: Calls): Deno.Kv {
  return new Proxy(db, {
    get(target, name) {
      const own = Reflect.get(target, name);
      if (typeof own !== "function") return own;
      return (...args: unknown[]) => {
        if (name === "get" || name === "getMany" || name === "list") calls.reads++;
        if (name === "set" || name === "delete") calls.commits++;
        return name === "atomic" ? countedAtomic(target, calls) : Reflect.apply(own, target, args);
      };
    },
  });
}

function countedAtomic(db: Deno.Kv, calls: Calls): Deno.AtomicOperation {
  const atomic = db.atomic(), commit = atomic.commit.bind(atomic);
  atomic.commit = () => {
    calls.commits++;
    return commit();
  };
  return atomic;
}
