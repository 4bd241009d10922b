/**
 * State in the memory of this isolate: for tests and for a first look. It ends with the process.
 *
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { memory } from "@argyle/argyle/memory";
 *
 * const app = new App(memory()); // the same as new App()
 * ```
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import type { Check, Engine, Entry, Store, Write } from "./store.ts";

export type { Check, Engine, Entry, Store, Write } from "./store.ts";

/**
 * An engine in the memory of this isolate.
 *
 * @param options `clock`: the time by which values expire; the system's where left out
 *
 * @example
 * ```ts
 * import { memory } from "@argyle/argyle/memory";
 * const { store } = memory();
 * await store.get(["nothing"]); // [null]
 * ```
 */
export function memory(options: { clock?: Clock } = {}): Engine {
  return { store: new MemoryStore(options.clock ?? systemClock) };
}

class MemoryStore implements Store {
  readonly name = "memory";
  readonly durable = false;
  readonly exclusive = true;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry & { expiresAt: number }>();
  #version = 0;
  #sweepAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(keys: readonly string[]): Promise<(Entry | null)[]> {
    return Promise.resolve(keys.map((key) => this.#read(key)));
  }

  commit(checks: readonly Check[], writes: readonly Write[]): Promise<string | null> {
    this.#sweep();
    if (checks.some(({ key, version }) => (this.#read(key)?.version ?? null) !== version)) {
      return Promise.resolve(null);
    }
    const version = String(++this.#version);
    for (const { key, value, expiresAt } of writes) {
      if (value === null) this.#entries.delete(key);
      else this.#entries.set(key, { value, version, expiresAt });
    }
    return Promise.resolve(version);
  }

  #read(key: string): Entry | null {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt <= this.#clock.now()) return null;
    return { value: entry.value, version: entry.version };
  }

  // At most once a minute and only when something is written, so that an idle process has no timer.
  #sweep(): void {
    const now = this.#clock.now();
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + 60_000;
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt <= now) this.#entries.delete(key);
    }
  }
}
