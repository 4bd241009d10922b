/**
 * Buckets: what the tree of a list is made of.
 *
 * @module
 */

import { type ItemKey, keyBytes } from "./_kv_list_keys.ts";

/** A bucket below another. */
export interface Child {
  readonly id: number;
  /** How many items are in it, and below. */
  count: number;
  /** What its keys are not below; an ordered list finds the place of a key by it. */
  readonly low: ItemKey;
}

/** A bucket: keys of items, or other buckets. */
export type Bucket = { readonly height: 0; readonly keys: ItemKey[] } | {
  readonly height: number;
  readonly children: Child[];
};

/** The top of a tree, as the root has it. */
export interface Top {
  readonly top: Bucket;
  /** The number of the next new bucket. */
  readonly next: number;
}

/** How large a bucket may be. */
export interface BucketSize {
  /** Most keys, or buckets below, 4 or more. */
  readonly entries: number;
  /** Most bytes. */
  readonly bytes: number;
}

/** 256 numbers are some two thousand bytes; what an item is ordered by may take more than the rest of it. */
export const bucketSize: BucketSize = { entries: 256, bytes: 24_000 };

/** The keys of a bucket at an end of the tree. */
export function keysOf(bucket: Bucket): ItemKey[] {
  if ("children" in bucket) throw new Error("A bucket at the end of the tree has others below it.");
  return bucket.keys;
}

/** What is below a bucket above others. */
export function childrenOf(bucket: Bucket): Child[] {
  if (!("children" in bucket)) throw new Error("A bucket above others has keys.");
  return bucket.children;
}

/** What is in a bucket, of whatever kind. */
export function entriesOf(bucket: Bucket): readonly unknown[] {
  return "children" in bucket ? bucket.children : bucket.keys;
}

/** How many items are in a bucket, and below. */
export function countOf(bucket: Bucket): number {
  return "children" in bucket
    ? bucket.children.reduce((sum, { count }) => sum + count, 0)
    : bucket.keys.length;
}

/** The lowest key of a bucket. */
export function lowOf(bucket: Bucket): ItemKey {
  return ("children" in bucket ? bucket.children[0]?.low : bucket.keys[0]) ?? [];
}

/** How many bytes its keys take. */
export function bytesOf(bucket: Bucket): number {
  const keys = "children" in bucket ? bucket.children.map(({ low }) => low) : bucket.keys;
  return keys.reduce((sum, key) => sum + keyBytes(key), 0);
}

/** What is in two buckets beside each other, as one. */
export function joinedOf(one: Bucket, other: Bucket): Bucket {
  return "children" in one
    ? { height: one.height, children: [...one.children, ...childrenOf(other)] }
    : { height: 0, keys: [...one.keys, ...keysOf(other)] };
}
