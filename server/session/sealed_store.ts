/**
 * A store that believes nothing but what the app itself has written there.
 *
 * @module
 */

import type { Bus, Publication } from "../engine/bus.ts";
import { ForeignValue } from "../engine/foreign_value.ts";
import type { Check, Entry, Store, Write } from "../engine/store.ts";
import { MAC_LENGTH, type Macs } from "../seal/macs.ts";

// A megabyte is what shared stores take. What is longer was not written here, and is not looked at.
const MOST = 1024 * 1024;

/**
 * Wraps a store that is not the app's alone: each value lies there behind a tag that binds it to the app and to its key.
 * A value without a good one is neither believed nor taken for absent, but an error, so that nobody gets a session by
 * writing one, and none is begun anew because somebody has damaged it.
 *
 * What it cannot tell is a value that was good before from the one that is: who can write to the store can bring an old
 * one back, let it live longer, or remove it.
 */
export class SealedStore implements Store {
  readonly name: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly transactional?: Bus;
  readonly #store: Store;
  readonly #app: string;
  readonly #macs: Macs;

  /** @param app the app's name and base: what another app with the same secret has written is not believed */
  constructor(store: Store, app: string, macs: Macs) {
    this.name = store.name;
    this.durable = store.durable;
    this.exclusive = store.exclusive;
    if (store.transactional !== undefined) this.transactional = store.transactional;
    this.#store = store;
    this.#app = `${app.length}:${app}`;
    this.#macs = macs;
  }

  /** @throws ForeignValue where one of the values was not written by this app */
  async get(keys: readonly string[]): Promise<(Entry | null)[]> {
    const entries = await this.#store.get(keys);
    return entries.map((entry, at) => entry === null ? null : this.#open(keys[at]!, entry));
  }

  commit(
    checks: readonly Check[],
    writes: readonly Write[],
    publication?: Publication,
  ): Promise<string | null> {
    try {
      return this.#store.commit(checks, writes.map((write) => this.#seal(write)), publication);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #seal(write: Write): Write {
    const { key, value, expiresAt } = write;
    if (value === null) return write;
    if (value.length > MOST - MAC_LENGTH) {
      throw new RangeError(
        `Cannot store ${key}: ${value.length} characters, and ${this.name} is given at most ${
          MOST - MAC_LENGTH
        }.`,
      );
    }
    return { key, value: this.#macs.seal("store", this.#app + key, value), expiresAt };
  }

  #open(key: string, { value: sealed, version }: Entry): Entry {
    const value = sealed.length > MOST ? undefined : this.#macs.open("store", this.#app + key, sealed);
    if (value !== undefined) return { value, version };
    const why = this.#macs.isStrange(sealed)
      ? "it bears the mark of a secret that is not among this app's. If it was one of them before, put it " +
        "behind the new one in ARGYLE_SECRET until what it has signed has expired."
      : "it was not written by this app.";
    throw new ForeignValue(`Cannot read ${key} from ${this.name}: ${why}`);
  }
}
