/**
 * How a list lies in Deno KV, and what of that can be believed.
 *
 * @module
 */

import type { ItemKey } from "./_kv_list_keys.ts";
import { type Bucket, type Child, countOf, type Top } from "./_kv_list_buckets.ts";

/** What a list is, at one moment. */
export interface Root extends Top {
  readonly version: number;
  readonly count: number;
  /** Under which its items and buckets lie. */
  readonly generation: string;
}

/** The generation of a list that nobody has written to. */
const FIRST = "first";

/** A list before anybody writes to it. */
export function emptyRoot(): Root {
  return { version: 0, count: 0, generation: FIRST, top: { height: 0, keys: [] }, next: 1 };
}

/** The root as a value. */
export function packRoot(root: Root, isOrdered: boolean): unknown {
  const { version, count, generation, next } = root;
  return { list: 1, isOrdered, version, count, generation, next, top: packBucket(root.top, isOrdered) };
}

/** @returns `undefined` where it is no root of such a list */
export function unpackRoot(value: unknown, isOrdered: boolean): Root | undefined {
  if (!isRecord(value) || value.list !== 1 || value.isOrdered !== isOrdered) return undefined;
  const { version, count, generation, next } = value, top = unpackBucket(value.top, isOrdered);
  if (!isCount(version) || !isCount(count) || !isCount(next) || typeof generation !== "string") {
    return undefined;
  }
  if (top === undefined || countOf(top) !== count) return undefined;
  return { version, count, generation, next, top };
}

/** A bucket as a value. */
export function packBucket(bucket: Bucket, isOrdered: boolean): unknown {
  if (!("children" in bucket)) {
    return { keys: isOrdered ? bucket.keys : bucket.keys.map(([number]) => number) };
  }
  const { height, children } = bucket;
  const ids = children.map(({ id }) => id), counts = children.map(({ count }) => count);
  return isOrdered ? { height, ids, counts, lows: children.map(({ low }) => low) } : { height, ids, counts };
}

/** @returns `undefined` where it is no bucket of such a list */
export function unpackBucket(value: unknown, isOrdered: boolean): Bucket | undefined {
  if (!isRecord(value)) return undefined;
  if ("keys" in value) {
    const keys = unpackKeys(value.keys, isOrdered);
    return keys === undefined ? undefined : { height: 0, keys };
  }
  const { height, ids, counts } = value;
  const lows = isOrdered ? unpackKeys(value.lows, true) : [];
  if (!isCount(height) || height === 0 || !isCounts(ids) || !isCounts(counts) || lows === undefined) {
    return undefined;
  }
  if (ids.length !== counts.length || isOrdered && ids.length !== lows.length) return undefined;
  const children = ids.map((id, at): Child => ({ id, count: counts[at]!, low: lows[at] ?? [] }));
  return { height, children };
}

function unpackKeys(keys: unknown, isOrdered: boolean): ItemKey[] | undefined {
  if (!isOrdered) return isNumbers(keys) ? keys.map((number) => [number]) : undefined;
  return Array.isArray(keys) && keys.every(Array.isArray) ? keys : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(Number.isSafeInteger);
}
