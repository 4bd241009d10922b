/**
 * Lists in Deno KV.
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import type { ListChange, ListSource } from "../../socksync/source.ts";
import { keyText, Paths } from "./_kv_list_keys.ts";
import { KvItems } from "./_kv_list_source.ts";
import { type BucketSize, bucketSize } from "./_kv_list_buckets.ts";
import { Turns } from "./turns.ts";

/**
 * What a list in Deno KV may be told.
 *
 * @example
 * ```ts
 * import { type KvListOptions, kvList, openKv } from "@argyle/argyle/kv";
 * interface Product {
 *   name: string;
 *   price: number;
 * }
 * const byPrice: KvListOptions<Product> = { orderBy: ({ price, name }) => [price, name] };
 * using db = await openKv(":memory:");
 * const products = kvList(db, ["products"], byPrice);
 * ```
 */
export interface KvListOptions<T> {
  /**
   * What the items are ordered by, as Deno KV orders the parts of a key; what is equal stands in the order in which it
   * came. At most 1,000 bytes. The list must be opened with the same one each time.
   */
  readonly orderBy?: ((item: T) => Deno.KvKey) | undefined;
  /** The time for pauses, and by which a process counts as gone; the system's where left out. */
  readonly clock?: Clock | undefined;
}

/**
 * What `kvList` gives: a source that answers by promises, and can replace all.
 *
 * @example
 * ```ts
 * import { kvList, type KvListSource, openKv } from "@argyle/argyle/kv";
 * using db = await openKv(":memory:");
 * const words: KvListSource<string> = kvList(db, ["words"]);
 * await words.replace(["tea", "milk"]);
 * ```
 */
export interface KvListSource<T> extends ListSource<T> {
  /**
   * Puts other items in the place of all, any number of them. Until the last is written, the list is as it was; then it is
   * another in one commit.
   *
   * @throws RangeError for an item that is too large; then nothing has changed
   */
  replace(items: readonly T[]): Promise<ListChange<T>>;
}

// Who has the same database in this isolate, stands in the same lines.
const lines = new WeakMap<Deno.Kv, Turns>();

/**
 * Keeps the items of a list in Deno KV: one to a key below `[...prefix, "items"]`, in the value as they are, so that one
 * can look at them. Which of them comes where is in counted buckets below `[...prefix, "buckets"]`; version and count are
 * at `[...prefix, "root"]`. A page, an insert, a deletion cost a handful of reads and one commit, however long the list is,
 * and the process keeps none of it in memory.
 *
 * Every change is one commit, whoever makes it: several processes and isolates may change the list at once. What is written
 * to these keys in any other way is not seen, or breaks the list; then reading it throws an error that names the key.
 *
 * An item is what Deno KV can store, at most 64 KiB of it. The prefix is for this list alone.
 *
 * @param db what `openKv()` or `Deno.openKv()` gave; it stays yours to close
 * @param prefix under which the list is
 * @throws TypeError where `db` is not a Deno.Kv, or the prefix is none
 *
 * @example
 * ```ts
 * import { kvList, openKv } from "@argyle/argyle/kv";
 * using db = await openKv(":memory:");
 * const products = kvList<{ name: string; price: number }>(db, ["products"]);
 * await products.insert(undefined, { name: "tea", price: 3 });
 * await products.insert(0, { name: "milk", price: 1 });
 * await products.update(1, (tea) => ({ ...tea, price: tea.price + 1 }));
 * const { items, count } = await products.read(0, 25);
 * console.log(count, items.map(({ name }) => name)); // 2 milk, tea
 * ```
 */
export function kvList<T>(
  db: Deno.Kv,
  prefix: Deno.KvKey,
  options: KvListOptions<T> = {},
): KvListSource<T> {
  return kvListOf(db, prefix, options, bucketSize);
}

/** The same, with buckets of any size. */
export function kvListOf<T>(
  db: Deno.Kv,
  prefix: Deno.KvKey,
  { orderBy, clock = systemClock }: KvListOptions<T>,
  size: BucketSize,
): KvItems<T> {
  if (typeof db?.atomic !== "function") {
    throw new TypeError(`Cannot use ${String(db)} as Deno KV. Give what \`await openKv()\` returns.`);
  }
  if (!Array.isArray(prefix) || prefix.length === 0) {
    throw new TypeError('Cannot keep a list without a place: give a prefix such as ["products"].');
  }
  const turns = lines.get(db) ?? new Turns();
  lines.set(db, turns);
  const reading = { db, paths: new Paths(prefix), isOrdered: orderBy !== undefined, clock, size };
  return new KvItems(reading, { turns, name: keyText(prefix) }, orderBy);
}
