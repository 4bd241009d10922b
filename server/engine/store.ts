/**
 * What a store must do, and what it may say of itself. `storeContract` of `@argyle/argyle/testing` is the same as
 * tests.
 *
 * @module
 */

import type { Bus, Publication } from "./bus.ts";

/**
 * A value as it was read.
 *
 * @example
 * ```ts
 * import { memory } from "@argyle/argyle/memory";
 * import type { Entry } from "@argyle/argyle/types";
 * const [entry]: (Entry | null)[] = await memory().store.get(["a"]);
 * console.assert(entry === null); // nobody has written it
 * ```
 */
export interface Entry {
  /** The value. */
  readonly value: string;
  /** Changes with every write of the key; never comes back. */
  readonly version: string;
}

/**
 * A commit happens only while `key` is at `version`; `null`: while there is none.
 *
 * @example
 * ```ts
 * import { memory } from "@argyle/argyle/memory";
 * import type { Check } from "@argyle/argyle/types";
 * const { store } = memory();
 * const [entry] = await store.get(["a"]);
 * const unchanged: Check = { key: "a", version: entry?.version ?? null };
 * console.assert(await store.commit([unchanged], []) !== null);
 * ```
 */
export interface Check {
  /** The key that was read. */
  readonly key: string;
  /** The version that was read. */
  readonly version: string | null;
}

/**
 * One change of a commit.
 *
 * @example
 * ```ts
 * import { memory } from "@argyle/argyle/memory";
 * import type { Write } from "@argyle/argyle/types";
 * const minute: Write = { key: "a", value: "1", expiresAt: Date.now() + 60_000 };
 * const removed: Write = { key: "b", value: null, expiresAt: Date.now() };
 * await memory().store.commit([], [minute, removed]);
 * ```
 */
export interface Write {
  /** The key. */
  readonly key: string;
  /** The new value; `null` removes the key. */
  readonly value: string | null;
  /** When the value ceases to be, in milliseconds since 1970; `Infinity`: never. */
  readonly expiresAt: number;
}

/**
 * Keeps texts by key, and changes several of them at once or not at all. Four things are promised, and tested by
 * the contract: a commit is atomic; it is refused when a check does not hold; a value is not read after it has
 * expired, to the millisecond; and what `commit` has answered is seen by every later `get`.
 *
 * Any keys may be read or changed together. Those that mostly are have the same text in their first braces
 * (`shop:s:{ID}`, `shop:i:{ID}`), as in Redis Cluster: a hint for a store that keeps them in one place.
 *
 * @example
 * ```ts
 * import { memory } from "@argyle/argyle/memory";
 * const { store } = memory();
 * const version = await store.commit([{ key: "a", version: null }], [
 *   { key: "a", value: "1", expiresAt: Date.now() + 1000 },
 * ]);
 * const [entry] = await store.get(["a"]); // { value: "1", version }
 * ```
 */
export interface Store {
  /** A word for logs: `memory`, `kv`. */
  readonly name: string;
  /** Whether values outlive the process. */
  readonly durable: boolean;
  /** Whether the store is this app's alone, so that a key made at the first start may lie in it. */
  readonly exclusive: boolean;
  /**
   * The bus to which a commit can publish: both happen, or neither. Left out where there is none, and what is to be
   * published with a commit waits in the store until it is.
   */
  readonly transactional?: Bus;
  /**
   * Reads several keys, in order; `null` for each that is absent or expired. At most ten.
   *
   * @throws Error where the store cannot be reached
   */
  get(keys: readonly string[]): Promise<(Entry | null)[]>;
  /**
   * Changes all or nothing.
   *
   * @param publication what is published if it does, where the store is `transactional`
   * @returns the version that every written key has now, or `null` where a check did not hold
   * @throws RangeError for a value that is too large; Error where the store cannot be reached
   */
  commit(
    checks: readonly Check[],
    writes: readonly Write[],
    publication?: Publication,
  ): Promise<string | null>;
}

/**
 * What an adapter gives to an app: spread it into the options, `new App({ ...kv(db), name: "shop" })`.
 *
 * @example
 * ```ts
 * import { App, type Engine } from "@argyle/argyle";
 * import { memory } from "@argyle/argyle/memory";
 * const engine: Engine = memory();
 * const app = new App({ ...engine, name: "shop" });
 * ```
 */
export interface Engine {
  /** Where sessions and visits are kept. */
  readonly store: Store;
  /** How isolates tell each other what has changed. */
  readonly bus: Bus;
}
