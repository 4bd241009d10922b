/**
 * A store in Deno KV.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { type Groups, type KvWrite, sizeOf } from "./_kv_groups.ts";
import { announce } from "./_kv_log.ts";
import { unlocked } from "./_kv_locked.ts";
import { COMMIT, KEYS_AT_ONCE, type KvValue, path } from "./_kv_values.ts";
import type { Bus, Publication } from "./bus.ts";
import type { Check, Entry, Store, Write } from "./store.ts";

// Deno KV's own limit, less what our envelope and key cost.
const VALUE_BYTES = 65_000;

/** Keeps values in Deno KV; a commit publishes by an entry in the bus' log. */
export class KvStore implements Store {
  readonly name = "kv";
  readonly durable = true;
  readonly exclusive = true;
  readonly transactional: Bus;
  readonly #db: Deno.Kv;
  readonly #groups: Groups;
  readonly #clock: Clock;

  constructor(db: Deno.Kv, groups: Groups, bus: Bus, clock: Clock) {
    this.#db = db;
    this.#groups = groups;
    this.transactional = bus;
    this.#clock = clock;
  }

  async get(keys: readonly string[]): Promise<(Entry | null)[]> {
    if (keys.length > KEYS_AT_ONCE) {
      throw new RangeError(`Cannot read ${keys.length} keys at once: Deno KV takes ${KEYS_AT_ONCE}.`);
    }
    const entries = await unlocked(this.#clock, () => this.#db.getMany<KvValue[]>(keys.map(path)));
    const now = this.#clock.now();
    return entries.map(({ value, versionstamp }) =>
      value === null || value.expiresAt <= now
        ? null
        : { value: new TextDecoder().decode(value.value), version: versionstamp }
    );
  }

  async commit(
    checks: readonly Check[],
    writes: readonly Write[],
    publication?: Publication,
  ): Promise<string | null> {
    const announcement = publication === undefined ? undefined : announce(publication);
    const member = { checks, writes: writes.map(encode), announcement };
    const size = sizeOf(member);
    if (size.bytes > COMMIT.bytes || size.mutations > COMMIT.mutations) {
      throw new RangeError(
        `Cannot commit ${size.bytes} bytes in ${size.mutations} keys: Deno KV takes ${COMMIT.bytes} in ` +
          `${COMMIT.mutations} at once. Store or publish less in one call.`,
      );
    }
    return await this.#groups.commit(member, size);
  }
}

function encode({ key, value, expiresAt }: Write): KvWrite {
  if (value === null) return { key, bytes: null, expiresAt };
  const bytes = new TextEncoder().encode(value);
  if (bytes.length > VALUE_BYTES) {
    throw new RangeError(`Cannot store ${key}: ${bytes.length} bytes, and Deno KV takes ${VALUE_BYTES}.`);
  }
  return { key, bytes, expiresAt };
}
