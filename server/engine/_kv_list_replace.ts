/**
 * Puts other items in the place of all. One commit of Deno KV takes a thousand: so a new generation is written beside the
 * one that the list has, the root goes over to it in one commit, and then the old one is removed.
 *
 * Each generation that is not the list's has an entry among the leavings for as long. Who writes one checks its entry with
 * each commit and renews it. What is left of a process that was killed has an entry that is old: the next who replaces the
 * list takes that over, so that nothing more can be written under it, and removes what lies there.
 *
 * @module
 */

import { checkOrder, compareKeys, type ItemKey, keyBytes } from "./_kv_list_keys.ts";
import { Changed, Moment, type Reading } from "./_kv_list_moment.ts";
import { packBucket, packRoot, type Root } from "./_kv_list_stored.ts";
import { type Bucket, type BucketSize, type Child, countOf, lowOf, type Top } from "./_kv_list_buckets.ts";
import { refusal, tooLarge } from "./_kv_list_writing.ts";
import { unlocked } from "./_kv_locked.ts";
import { COMMIT } from "./_kv_values.ts";

/** Who has not renewed its entry for so long, in milliseconds, is gone. */
export const GONE_AFTER = 60_000;

// As many as fit with room for the entry; less where they turn out to be too large.
const MUTATIONS = COMMIT.mutations - 10;

// Removed are some at once; they are read first, with their values, which may be large.
const REMOVED_AT_ONCE = 250;

type Pair = readonly [key: Deno.KvKey, value: unknown];

/** Waits for its turn, and runs something until nobody comes in between. */
type InTurn = (run: () => Promise<Root>) => Promise<Root>;

/** Replaces all. @returns the root after it */
export async function replaceAll<T>(
  reading: Reading,
  items: readonly T[],
  orderBy: ((item: T) => Deno.KvKey) | undefined,
  inTurn: InTurn,
): Promise<Root> {
  const keyed = keysOf(items, orderBy);
  await removeLeavings(reading, reading.clock.now() - GONE_AFTER);
  const generation = crypto.randomUUID().slice(0, 13);
  const writer = await Writer.begin(reading, generation);
  try {
    await writer.write(keyed.map(([key, item]): Pair => [reading.paths.item(generation, key), item]));
    const { top, buckets, next } = built(keyed.map(([key]) => key), reading.size);
    await writer.write(buckets.map(([id, bucket]): Pair => [
      reading.paths.bucket(generation, id),
      packBucket(bucket, reading.isOrdered),
    ]));
    let old = "";
    const root = await inTurn(async () => {
      const moment = await Moment.now(reading);
      old = moment.root.generation;
      return await writer.end(moment, { top, next, count: keyed.length });
    });
    await tidy(reading, old);
    return root;
  } catch (error) {
    await tidy(reading, generation);
    throw error;
  }
}

// What was to be done is done, or has failed for another reason: that is what the caller is to know. What is left here is
// among the leavings, and goes with the next replacement.
async function tidy(reading: Reading, generation: string): Promise<void> {
  try {
    await removeGeneration(reading, generation);
  } catch {
    return;
  }
}

// Later items have the version that they came with; these come before all of those of the same order.
function keysOf<T>(items: readonly T[], orderBy?: (item: T) => Deno.KvKey): (readonly [ItemKey, T])[] {
  const number = (at: number) => at - items.length;
  if (orderBy === undefined) return items.map((item, at) => [[number(at)], item]);
  return items.map((item, at): readonly [ItemKey, T] => [[...checkOrder(orderBy(item)), number(at)], item])
    .sort(([one], [other]) => compareKeys(one, other));
}

/** Writes a generation that is not yet the list's. */
class Writer {
  readonly #reading: Reading;
  readonly #generation: string;
  readonly #leaving: Deno.KvKey;
  #versionstamp: string | null = null;
  #most = MUTATIONS;

  private constructor(reading: Reading, generation: string) {
    this.#reading = reading;
    this.#generation = generation;
    this.#leaving = reading.paths.leaving(generation);
  }

  static async begin(reading: Reading, generation: string): Promise<Writer> {
    const writer = new Writer(reading, generation);
    await writer.write([], true);
    return writer;
  }

  /** @param isFirst whether to commit though there is nothing */
  async write(pairs: readonly Pair[], isFirst = false): Promise<void> {
    for (let at = 0; at < pairs.length || isFirst && at === 0;) {
      const some = pairs.slice(at, at + this.#most);
      try {
        await this.#commit(some);
        at += Math.max(1, some.length);
      } catch (error) {
        if (some.length <= 1 || tooLarge(error) === undefined) throw error;
        this.#most = some.length >> 1;
      }
    }
  }

  async #commit(pairs: readonly Pair[]): Promise<void> {
    const { db, clock } = this.#reading;
    const result = await unlocked(clock, () => {
      const atomic = db.atomic().check({ key: this.#leaving, versionstamp: this.#versionstamp });
      for (const [key, value] of pairs) atomic.set(key, value);
      const commit = atomic.set(this.#leaving, clock.now()).commit();
      return pairs.length === 1 ? refusal(commit) : commit;
    });
    if (!result.ok) throw taken();
    this.#versionstamp = result.versionstamp;
  }

  /** Makes it the list's, and the one that the list had a leaving. */
  async end(moment: Moment, next: Top & { readonly count: number }): Promise<Root> {
    const { db, paths, clock, isOrdered } = this.#reading, { version, generation: old } = moment.root;
    const root: Root = { ...next, version: version + 1, generation: this.#generation };
    const result = await unlocked(clock, () =>
      db.atomic()
        .check({ key: paths.root, versionstamp: moment.versionstamp })
        .check({ key: this.#leaving, versionstamp: this.#versionstamp })
        .set(paths.root, packRoot(root, isOrdered))
        .delete(this.#leaving)
        .set(paths.leaving(old), 0)
        .commit());
    if (result.ok) return root;
    const own = await unlocked(clock, () => db.get(this.#leaving));
    throw own.versionstamp === this.#versionstamp ? new Changed() : taken();
  }
}

function taken(): Error {
  return new Error(
    `Cannot replace the list: writing it has stood still for more than ${
      GONE_AFTER / 1000
    } seconds, and somebody ` +
      "else has begun to replace it meanwhile. Nothing has changed.",
  );
}

/** A tree over these keys, with room in each bucket. */
function built(keys: readonly ItemKey[], size: BucketSize): Top & { buckets: [number, Bucket][] } {
  const buckets: [number, Bucket][] = [], most = Math.max(2, size.entries - (size.entries >> 2));
  let next = 1;
  const put = (bucket: Bucket): Child => {
    buckets.push([next, bucket]);
    return { id: next++, count: countOf(bucket), low: lowOf(bucket) };
  };
  let level: Bucket[] = parts(keys, most, size.bytes, (key) => key).map((keys) => ({ height: 0, keys }));
  while (level.length > 1) {
    const height = level[0]!.height + 1;
    level = parts(level.map(put), most, size.bytes, ({ low }) => low).map((children) => ({
      height,
      children,
    }));
  }
  return { top: level[0] ?? { height: 0, keys: [] }, next, buckets };
}

// Parts of at most so many entries and three quarters of so many bytes.
function parts<T>(all: readonly T[], most: number, bytes: number, keyOf: (one: T) => ItemKey): T[][] {
  const done: T[][] = [];
  let part: T[] = [], taken = 0;
  for (const one of all) {
    const more = keyBytes(keyOf(one));
    if (part.length >= most || part.length > 1 && taken + more > bytes * 3 / 4) {
      done.push(part);
      part = [];
      taken = 0;
    }
    part.push(one);
    taken += more;
  }
  return part.length > 0 ? [...done, part] : done;
}

/** Removes what nobody writes any more: what has not been renewed since a time. */
async function removeLeavings(reading: Reading, since: number): Promise<void> {
  const { db, paths, clock } = reading;
  const leavings = await unlocked(clock, () => Array.fromAsync(db.list<unknown>({ prefix: paths.leavings })));
  if (leavings.length === 0) return;
  const { root } = await Moment.now(reading);
  for (const { key, value, versionstamp } of leavings) {
    const generation = key.at(-1);
    if (typeof generation !== "string" || typeof value !== "number" || value > since) continue;
    if (generation === root.generation) continue;
    // From here on whoever has written it cannot go on.
    const take = () => db.atomic().check({ key, versionstamp }).set(key, 0).commit();
    if ((await unlocked(clock, take)).ok) await removeGeneration(reading, generation);
  }
}

/** Removes what lies under a generation, and at last its leaving. */
async function removeGeneration({ db, paths, clock }: Reading, generation: string): Promise<void> {
  for (const prefix of [paths.items(generation), paths.buckets(generation)]) {
    for (;;) {
      const some = await unlocked(
        clock,
        () => Array.fromAsync(db.list({ prefix }, { limit: REMOVED_AT_ONCE })),
      );
      if (some.length === 0) break;
      for (const keys of parts(some.map(({ key }) => key), REMOVED_AT_ONCE, COMMIT.keyBytes, (key) => key)) {
        await unlocked(clock, () => keys.reduce((atomic, key) => atomic.delete(key), db.atomic()).commit());
      }
    }
  }
  await unlocked(clock, () => db.delete(paths.leaving(generation)));
}
