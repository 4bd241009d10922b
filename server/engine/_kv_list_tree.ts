/**
 * The order of a list: a tree of counted buckets. At its ends the buckets have the keys of the items, above them the
 * buckets below and how many items each of these has; the top one lies in the root. So an item is found by its index, and a
 * key has its rank, with as many reads as the tree is high: one for each 128-fold of the list.
 *
 * The order is here and not in the keys of the items. A key that has to come between two others gets longer with each that
 * is put in at one place, until all around must be written again, with values of any size. So an item is written once and
 * moves with eight bytes of a bucket, and no key grows.
 *
 * A tree is read and changed in memory, and then says what of it is to be written.
 *
 * @module
 */

import {
  type Bucket,
  type BucketSize,
  bytesOf,
  type Child,
  childrenOf,
  countOf,
  entriesOf,
  joinedOf,
  keysOf,
  lowOf,
  type Top,
} from "./_kv_list_buckets.ts";
import { compareKeys, type ItemKey } from "./_kv_list_keys.ts";

/** One bucket on the way from the top to an item. */
interface Step {
  readonly id: number | undefined;
  readonly bucket: Bucket;
  /** Which of its entries is next on the way. */
  at: number;
}

/** Loads a bucket of the stored tree. */
export type LoadBucket = (id: number, height: number, count: number) => Promise<Bucket>;

/** A tree in memory, as far as anybody has looked. */
export class Tree {
  #top: Bucket;
  #next: number;
  readonly #load: LoadBucket;
  readonly #size: BucketSize;
  readonly #loaded = new Map<number, Bucket>();
  readonly #changed = new Map<number, Bucket | null>();

  constructor({ top, next }: Top, load: LoadBucket, size: BucketSize) {
    this.#top = top;
    this.#next = next;
    this.#load = load;
    this.#size = size;
  }

  /** What the root is to have of it. */
  get top(): Top {
    return { top: this.#top, next: this.#next };
  }

  /** The buckets that are to be written, and as `null` those to be removed. */
  get changed(): ReadonlyMap<number, Bucket | null> {
    return this.#changed;
  }

  /** The keys of the items from `start` to `end`. */
  async keys(start: number, end: number): Promise<ItemKey[]> {
    return start < end ? await this.#keysIn(this.#top, start, end) : [];
  }

  /** Puts a key at an index, 0 to the count. */
  async insertAt(index: number, key: ItemKey): Promise<void> {
    this.#insert(await this.#wayTo(index, true), key);
  }

  /** Puts a key where its order has it. @returns the index */
  async insertInOrder(key: ItemKey): Promise<number> {
    const way: Step[] = [];
    let index = 0, step: Step = { id: undefined, bucket: this.#top, at: 0 };
    for (;;) {
      way.push(step);
      const { bucket } = step;
      if (!("children" in bucket)) break;
      // The first bucket has what is below all others, whatever it began with.
      step.at = Math.max(0, lowerBound(bucket.children, ({ low }) => compareKeys(low, key) <= 0) - 1);
      for (const { count } of bucket.children.slice(0, step.at)) index += count;
      step = await this.#below(step);
    }
    step.at = lowerBound(keysOf(step.bucket), (other) => compareKeys(other, key) < 0);
    this.#insert(way, key);
    return index + step.at;
  }

  /** Takes the key at an index out. @returns it */
  async removeAt(index: number): Promise<ItemKey> {
    const way = await this.#wayTo(index, false), last = way.at(-1)!;
    const [key] = keysOf(last.bucket).splice(last.at, 1);
    this.#count(way, -1);
    await this.#shrink(way);
    return key!;
  }

  async #keysIn(bucket: Bucket, start: number, end: number): Promise<ItemKey[]> {
    if (!("children" in bucket)) return bucket.keys.slice(start, end);
    const found: Promise<ItemKey[]>[] = [];
    let before = 0;
    for (const child of bucket.children) {
      const from = Math.max(start - before, 0), to = Math.min(end - before, child.count);
      if (from < to) {
        found.push(this.#bucket(child, bucket.height - 1).then((below) => this.#keysIn(below, from, to)));
      }
      before += child.count;
    }
    return (await Promise.all(found)).flat();
  }

  async #wayTo(index: number, isPlace: boolean): Promise<Step[]> {
    const way: Step[] = [];
    let left = index, step: Step = { id: undefined, bucket: this.#top, at: 0 };
    for (;;) {
      way.push(step);
      const { bucket } = step;
      if (!("children" in bucket)) break;
      // A place between two buckets is the end of the first.
      for (const { count } of bucket.children) {
        if (isPlace ? left <= count : left < count) break;
        left -= count;
        step.at++;
      }
      step = await this.#below(step);
    }
    step.at = left;
    return way;
  }

  async #below({ bucket, at }: Step): Promise<Step> {
    const child = childrenOf(bucket)[at]!;
    return { id: child.id, bucket: await this.#bucket(child, bucket.height - 1), at: 0 };
  }

  async #bucket({ id, count }: Child, height: number): Promise<Bucket> {
    const known = this.#loaded.get(id);
    if (known !== undefined) return known;
    const bucket = await this.#load(id, height, count);
    this.#loaded.set(id, bucket);
    return bucket;
  }

  #insert(way: readonly Step[], key: ItemKey): void {
    const last = way.at(-1)!;
    keysOf(last.bucket).splice(last.at, 0, key);
    this.#count(way, 1);
    const isEnd = way.every(({ bucket, at }) => at === entriesOf(bucket).length - 1);
    for (let depth = way.length - 1; depth > 0; depth--) {
      const { id, bucket } = way[depth]!;
      if (!this.#isTooLarge(bucket)) break;
      const above = way[depth - 1]!;
      childrenOf(above.bucket).splice(above.at + 1, 0, this.#split(id!, bucket, isEnd));
      const left = childrenOf(above.bucket)[above.at]!;
      left.count = countOf(bucket);
    }
    if (this.#isTooLarge(this.#top)) this.#grow(isEnd);
  }

  /** Takes a part of a bucket into a new one behind it: half, or of the last bucket just its end, as lists grow there. */
  #split(id: number, bucket: Bucket, isEnd: boolean): Child {
    const entries = entriesOf(bucket), at = isEnd ? entries.length - 1 : entries.length >> 1;
    const right: Bucket = "children" in bucket
      ? { height: bucket.height, children: bucket.children.splice(at) }
      : { height: 0, keys: bucket.keys.splice(at) };
    this.#changed.set(id, bucket);
    return this.#put(right);
  }

  #put(bucket: Bucket): Child {
    const id = this.#next++;
    this.#loaded.set(id, bucket);
    this.#changed.set(id, bucket);
    return { id, count: countOf(bucket), low: lowOf(bucket) };
  }

  #grow(isEnd: boolean): void {
    const left = this.#top, id = this.#next, child = this.#put(left), right = this.#split(id, left, isEnd);
    this.#top = { height: left.height + 1, children: [{ ...child, count: countOf(left) }, right] };
  }

  #isTooLarge(bucket: Bucket): boolean {
    const { length } = entriesOf(bucket);
    return length > this.#size.entries || length > 3 && bytesOf(bucket) > this.#size.bytes;
  }

  // The counts on the way, and that all of it is to be written.
  #count(way: readonly Step[], by: number): void {
    for (const { id, bucket, at } of way) {
      if ("children" in bucket) bucket.children[at]!.count += by;
      if (id !== undefined) this.#changed.set(id, bucket);
    }
  }

  // From the end of the way up: an empty bucket goes, a small one is joined with the one beside it.
  async #shrink(way: readonly Step[]): Promise<void> {
    for (let depth = way.length - 1; depth > 0; depth--) {
      const { id, bucket } = way[depth]!, above = way[depth - 1]!;
      if (entriesOf(bucket).length === 0) {
        childrenOf(above.bucket).splice(above.at, 1);
        this.#changed.set(id!, null);
      } else await this.#join(above);
    }
    while ("children" in this.#top && this.#top.children.length <= 1) {
      const [only] = this.#top.children;
      if (only === undefined) this.#top = { height: 0, keys: [] };
      else {
        this.#top = await this.#bucket(only, this.#top.height - 1);
        this.#changed.set(only.id, null);
      }
    }
  }

  async #join({ bucket, at }: Step): Promise<void> {
    const children = childrenOf(bucket), half = this.#size.entries >> 1;
    const first = at + 1 < children.length ? at : at - 1, left = children[first], right = children[first + 1];
    if (left === undefined || right === undefined) return;
    const one = await this.#smallOne(children[at]!, bucket.height - 1);
    if (one === undefined || bucket.height === 1 && left.count + right.count > half) return;
    const [into, from] = [await this.#bucket(left, one.height), await this.#bucket(right, one.height)];
    const joined = joinedOf(into, from);
    if (entriesOf(joined).length > half || bytesOf(joined) > this.#size.bytes / 2) return;
    this.#loaded.set(left.id, joined);
    this.#changed.set(left.id, joined).set(right.id, null);
    children.splice(first, 2, { ...left, count: left.count + right.count });
  }

  async #smallOne(child: Child, height: number): Promise<Bucket | undefined> {
    const bucket = await this.#bucket(child, height);
    return entriesOf(bucket).length <= this.#size.entries >> 2 ? bucket : undefined;
  }
}

// How many of the first are so, where all that are come before all that are not.
function lowerBound<T>(all: readonly T[], isSo: (one: T) => boolean): number {
  let low = 0, high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(all[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
