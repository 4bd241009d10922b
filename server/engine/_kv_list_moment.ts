/**
 * A list in Deno KV as it is at one moment: what is read of it either is of that moment, or is read again.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { type Bucket, type BucketSize, countOf } from "./_kv_list_buckets.ts";
import { type ItemKey, keyText, type Paths } from "./_kv_list_keys.ts";
import { emptyRoot, type Root, unpackBucket, unpackRoot } from "./_kv_list_stored.ts";
import { Tree } from "./_kv_list_tree.ts";
import { unlocked } from "./_kv_locked.ts";
import { KEYS_AT_ONCE } from "./_kv_values.ts";
import { ForeignValue } from "./foreign_value.ts";

/** What a list is read with. */
export interface Reading {
  readonly db: Deno.Kv;
  readonly paths: Paths;
  readonly isOrdered: boolean;
  readonly clock: Clock;
  readonly size: BucketSize;
}

/** The list has changed while it was read: what was read is not of one moment. */
export class Changed extends Error {
  override readonly name = "Changed";
}

/** A list at the moment when its root was read. */
export class Moment {
  readonly root: Root;
  /** Of the root; `null` where nobody has written to the list. */
  readonly versionstamp: string | null;
  readonly tree: Tree;
  readonly #reading: Reading;

  private constructor(reading: Reading, entry: Deno.KvEntryMaybe<unknown>) {
    this.#reading = reading;
    this.root = readRoot(entry, reading);
    this.versionstamp = entry.versionstamp;
    this.tree = new Tree(this.root, (id, height, count) => this.#bucket(id, height, count), reading.size);
  }

  static async now(reading: Reading): Promise<Moment> {
    const { db, clock, paths } = reading;
    return new Moment(reading, await unlocked(clock, () => db.get(paths.root)));
  }

  /**
   * Reads items by their keys.
   *
   * @throws Changed where the list has changed since
   */
  async items(keys: readonly ItemKey[]): Promise<unknown[]> {
    const paths = keys.map((key) => this.#reading.paths.item(this.root.generation, key));
    const entries = (await this.#entries(paths)).map(({ value, versionstamp }, at) => {
      if (versionstamp === null) {
        throw foreign(paths[at]!, "nothing lies under it, and the list has an item there");
      }
      return value;
    });
    return entries;
  }

  async #bucket(id: number, height: number, count: number): Promise<Bucket> {
    const path = this.#reading.paths.bucket(this.root.generation, id);
    const [entry] = await this.#entries([path]);
    const bucket = unpackBucket(entry!.value, this.#reading.isOrdered);
    if (bucket === undefined || bucket.height !== height || countOf(bucket) !== count) {
      throw foreign(path, `no bucket of ${count} items lies under it`);
    }
    return bucket;
  }

  // Each batch is of one moment, and is read with the root: where that is the same, so is the moment.
  async #entries(keys: readonly Deno.KvKey[]): Promise<Deno.KvEntryMaybe<unknown>[]> {
    const { db, clock, paths } = this.#reading, most = KEYS_AT_ONCE - 1;
    const batches = Array.from(
      { length: Math.ceil(keys.length / most) },
      (_, at) => [paths.root, ...keys.slice(at * most, (at + 1) * most)],
    );
    const read = await Promise.all(
      batches.map((batch) => unlocked(clock, () => db.getMany<unknown[]>(batch))),
    );
    return read.flatMap(([root, ...entries]) => {
      if (root!.versionstamp !== this.versionstamp) throw new Changed();
      return entries;
    });
  }
}

function readRoot({ key, value, versionstamp }: Deno.KvEntryMaybe<unknown>, { isOrdered }: Reading): Root {
  if (versionstamp === null) return emptyRoot();
  const root = unpackRoot(value, isOrdered);
  if (root !== undefined) return root;
  const isOther = unpackRoot(value, !isOrdered) !== undefined;
  throw foreign(
    key,
    isOther ? `the list there was made with${isOrdered ? "out" : ""} orderBy` : "no list lies there",
  );
}

function foreign(key: Deno.KvKey, why: string): ForeignValue {
  return new ForeignValue(`Cannot read the list at the key ${keyText(key)}: ${why}.`);
}
