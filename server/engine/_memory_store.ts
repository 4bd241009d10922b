/**
 * Records in the memory of this isolate.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Bus, Publication } from "./bus.ts";
import type { Check, Entry, Store, Write } from "./store.ts";

/** A record, as it is taken from one store to another. */
export interface MemoryEntry extends Entry {
  readonly key: string;
  readonly expiresAt: number;
}

/** What is given out is the entry itself: a key that nobody has written is the same object to whoever reads it. */
interface Kept {
  readonly entry: Entry;
  readonly expiresAt: number;
}

/** A store in the memory of this isolate. */
export class MemoryStore implements Store {
  readonly name = "memory";
  readonly durable = false;
  readonly exclusive = true;
  readonly transactional: Bus;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Kept>();
  #version = 0;
  #sweepAt = 0;

  /** @param bus it hears of what is committed */
  constructor(clock: Clock, bus: Bus) {
    this.#clock = clock;
    this.transactional = bus;
  }

  /** All that is in it. */
  entries(): MemoryEntry[] {
    return Array.from(this.#entries, ([key, { entry, expiresAt }]) => ({ key, ...entry, expiresAt }));
  }

  /** Begins with what another has had. */
  restore(entries: readonly MemoryEntry[]): void {
    for (const { key, value, version, expiresAt } of entries) {
      this.#entries.set(key, { entry: { value, version }, expiresAt });
      this.#version = Math.max(this.#version, Number(version));
    }
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
