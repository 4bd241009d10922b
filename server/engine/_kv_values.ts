/**
 * How a value lies in Deno KV, and how much it takes.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { unlocked } from "./_kv_locked.ts";

/** Deno KV reads so many keys at once. */
export const KEYS_AT_ONCE = 10;

/** What Deno KV commits at once; of keys it says 81,920 bytes, of all 819,200. */
export const COMMIT = { checks: 100, mutations: 1000, keyBytes: 81_000, bytes: 810_000 } as const;

/** What lies in KV: as bytes, because it stores a string with one letter beyond Latin-1 as two bytes each. */
export interface KvValue {
  readonly value: Uint8Array;
  /** Milliseconds since 1970: KV's own expiry is a sweep, and late. */
  readonly expiresAt: number;
}

/** Where it lies. */
export function path(key: string): Deno.KvKey {
  return ["argyle", key];
}

/** Reads any number of keys, ten at a time. */
export async function read(
  db: Deno.Kv,
  clock: Clock,
  keys: readonly string[],
): Promise<Map<string, Deno.KvEntryMaybe<KvValue>>> {
  const tens = Array.from(
    { length: Math.ceil(keys.length / KEYS_AT_ONCE) },
    (_, at) => keys.slice(at * KEYS_AT_ONCE, (at + 1) * KEYS_AT_ONCE),
  );
  const entries = await Promise.all(
    tens.map((ten) => unlocked(clock, () => db.getMany<KvValue[]>(ten.map(path)))),
  );
  return new Map(entries.flat().map((entry, at) => [keys[at]!, entry]));
}
