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
import { MemoryBus } from "./_memory_bus.ts";
import type { Bus, Publication } from "./bus.ts";
import type { Check, Engine, Entry, Store, Write } from "./store.ts";

export type { Bus, BusListener, Message, Publication } from "./bus.ts";
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
  const bus = new MemoryBus();
  return { store: new MemoryStore(options.clock ?? systemClock, bus), bus };
}

/** What is given out is the entry itself: a key that nobody has written is the same object to whoever reads it. */
interface Kept {
  readonly entry: Entry;
  readonly expiresAt: number;
}

class MemoryStore implements Store {
  readonly name = "memory";
  readonly durable = false;
  readonly exclusive = true;
  readonly transactional: Bus;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Kept>();
  #version = 0;
  #sweepAt = 0;

  constructor(clock: Clock, bus: Bus) {
    this.#clock = clock;
    this.transactional = bus;
  }

  get(keys: readonly string[]): Promise<(Entry | null)[]> {
    const now = this.#clock.now();
    return Promise.resolve(keys.map((key) => this.#read(key, now)));
  }

  async commit(
    checks: readonly Check[],
    writes: readonly Write[],
    publication?: Publication,
  ): Promise<string | null> {
    const now = this.#clock.now();
    this.#sweep(now);
    for (const { key, version } of checks) {
      if ((this.#read(key, now)?.version ?? null) !== version) return null;
    }
    const version = String(++this.#version);
    for (const { key, value, expiresAt } of writes) {
      if (value === null) this.#entries.delete(key);
      else this.#entries.set(key, { entry: { value, version }, expiresAt });
    }
    if (publication !== undefined) await this.transactional.publish(publication);
    return version;
  }

  #read(key: string, now: number): Entry | null {
    const kept = this.#entries.get(key);
    return kept === undefined || kept.expiresAt <= now ? null : kept.entry;
  }

  // At most once a minute and only when something is written, so that an idle process has no timer.
  #sweep(now: number): void {
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + 60_000;
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt <= now) this.#entries.delete(key);
    }
  }
}
