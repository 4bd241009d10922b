/**
 * State in Deno KV: one file for one process, or Deno Deploy's own for many isolates. The embedded default.
 *
 * ```ts ignore it would leave a file behind
 * import { App } from "@argyle/argyle";
 * import { kv, openKv } from "@argyle/argyle/kv";
 *
 * const app = new App(kv(await openKv("./app.kv")));
 * ```
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import type { Check, Engine, Entry, Store, Write } from "./store.ts";

export type { Check, Engine, Entry, Store, Write } from "./store.ts";

// Deno KV's own limits, less what our envelope and key cost.
const VALUE_BYTES = 65_000, KEYS_AT_ONCE = 10;

// A second process on the same file makes calls throw; nothing was done then, so they are safe to repeat.
const LOCKED = /database is (locked|busy)/i, LOCKED_TRIES = 12;

/**
 * Opens Deno KV, and says what to do where that fails. Closing it is yours, when nothing is served any more.
 *
 * @param path a file (its folder is made), `:memory:`, or nothing for the default of the project or of Deno Deploy
 * @throws Error that names the missing flag, permission or folder
 *
 * @example
 * ```ts
 * import { kv, openKv } from "@argyle/argyle/kv";
 * using db = await openKv(":memory:");
 * const { store } = kv(db);
 * ```
 */
export async function openKv(path?: string): Promise<Deno.Kv> {
  if (typeof Deno.openKv !== "function") {
    throw new Error(
      'Cannot open Deno KV: this program runs without it. Add "unstable": ["kv"] to deno.json, or run with ' +
        "--unstable-kv.",
    );
  }
  try {
    const folder = path === undefined || path === ":memory:" ? "" : path.replace(/[^/\\]*$/, "");
    if (folder !== "") await Deno.mkdir(folder, { recursive: true });
    return await Deno.openKv(path);
  } catch (cause) {
    const where = path === undefined ? "at its default place" : `at ${JSON.stringify(path)}`;
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\.?$/, ".");
    throw new Error(
      `Cannot open Deno KV ${where}: ${why} It needs --allow-read and --allow-write for its file and folder.`,
      { cause },
    );
  }
}

/**
 * An engine on Deno KV. Values expire to the millisecond by a time of our own (KV's own expiry is a sweep about once a
 * minute, and serves as that here).
 *
 * @param db what `openKv()` or `Deno.openKv()` gave; it stays yours to close
 * @param options `clock`: the time by which values expire; the system's where left out
 * @throws TypeError where `db` is not a Deno.Kv
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { kv, openKv } from "@argyle/argyle/kv";
 * using db = await openKv(":memory:");
 * const app = new App(kv(db));
 * ```
 */
export function kv(db: Deno.Kv, options: { clock?: Clock } = {}): Engine {
  if (typeof db?.atomic !== "function") {
    throw new TypeError(`Cannot use ${String(db)} as Deno KV. Give what \`await openKv()\` returns.`);
  }
  return { store: new KvStore(db, options.clock ?? systemClock) };
}

interface Value {
  readonly value: Uint8Array;
  readonly expiresAt: number;
}

class KvStore implements Store {
  readonly name = "kv";
  readonly durable = true;
  readonly exclusive = true;
  readonly #db: Deno.Kv;
  readonly #clock: Clock;

  constructor(db: Deno.Kv, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async get(keys: readonly string[]): Promise<(Entry | null)[]> {
    if (keys.length > KEYS_AT_ONCE) {
      throw new RangeError(`Cannot read ${keys.length} keys at once: Deno KV takes ${KEYS_AT_ONCE}.`);
    }
    const entries = await this.#unlocked(() => this.#db.getMany<Value[]>(keys.map(path)));
    const now = this.#clock.now();
    return entries.map(({ value, versionstamp }) =>
      value === null || value.expiresAt <= now
        ? null
        : { value: new TextDecoder().decode(value.value), version: versionstamp }
    );
  }

  async commit(checks: readonly Check[], writes: readonly Write[]): Promise<string | null> {
    const encoded = writes.map((write) => ({ ...write, bytes: encode(write) }));
    const version = await this.#commit(checks, encoded, new Map());
    if (version !== null) return version;
    // A value that has expired is absent to us but may still lie in KV. Only a refused commit pays for asking.
    const expired = await this.#expired(checks);
    return expired.size === 0 ? null : await this.#commit(checks, encoded, expired);
  }

  async #commit(
    checks: readonly Check[],
    writes: readonly (Write & { bytes: Uint8Array | null })[],
    expired: Map<string, string>,
  ): Promise<string | null> {
    const result = await this.#unlocked(() => {
      const atomic = this.#db.atomic();
      for (const { key, version } of checks) {
        atomic.check({ key: path(key), versionstamp: version ?? expired.get(key) ?? null });
      }
      const now = this.#clock.now();
      for (const { key, bytes, expiresAt } of writes) {
        if (bytes === null) atomic.delete(path(key));
        else {
          const sweep = expiresAt === Infinity ? {} : { expireIn: Math.max(1, expiresAt - now) };
          atomic.set(path(key), { value: bytes, expiresAt }, sweep);
        }
      }
      return atomic.commit();
    });
    return result.ok ? result.versionstamp : null;
  }

  // The versions under which expired values still lie, for the keys that must not exist.
  async #expired(checks: readonly Check[]): Promise<Map<string, string>> {
    const keys = checks.filter(({ version }) => version === null).map(({ key }) => key);
    const found = new Map<string, string>();
    if (keys.length === 0) return found;
    const entries = await this.#unlocked(() => this.#db.getMany<Value[]>(keys.map(path)));
    const now = this.#clock.now();
    for (const [index, { value, versionstamp }] of entries.entries()) {
      if (value !== null && value.expiresAt <= now) found.set(keys[index]!, versionstamp!);
    }
    return found;
  }

  async #unlocked<T>(run: () => Promise<T>): Promise<T> {
    for (let tried = 1;; tried++) {
      try {
        return await run();
      } catch (error) {
        if (tried === LOCKED_TRIES || !(error instanceof Error && LOCKED.test(error.message))) throw error;
        // 1, 2, 4 … 64 ms, each with full jitter: two processes must not meet again and again.
        const wait = Math.random() * 2 ** Math.min(tried, 6);
        await new Promise<void>((resolve) => this.#clock.after(wait, resolve));
      }
    }
  }
}

function path(key: string): Deno.KvKey {
  return ["argyle", key];
}

// As bytes, because KV stores a string with one letter beyond Latin-1 as two bytes each.
function encode({ key, value }: Write): Uint8Array | null {
  if (value === null) return null;
  const bytes = new TextEncoder().encode(value);
  if (bytes.length > VALUE_BYTES) {
    throw new RangeError(`Cannot store ${key}: ${bytes.length} bytes, and Deno KV takes ${VALUE_BYTES}.`);
  }
  return bytes;
}
