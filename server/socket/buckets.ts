/**
 * Token buckets by name.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";

/** How much each name may have. */
export interface Rate {
  /** Milliseconds until there is one more. */
  readonly every: number;
  /** How many at once. */
  readonly burst: number;
}

/** Names that are kept; the one that was asked longest ago makes room, and has a full bucket again. */
const MOST = 20_000;

/** A bucket for each name. One that is full is not kept: whoever comes once in a while costs nothing. */
export class Buckets {
  readonly #every: number;
  readonly #burst: number;
  readonly #clock: Clock;
  /** When each will be full again, the one that was asked longest ago first. */
  readonly #full = new Map<string, number>();

  /** @param clock tells when they fill */
  constructor({ every, burst }: Rate, clock: Clock) {
    this.#every = every;
    this.#burst = burst;
    this.#clock = clock;
  }

  /** How many are kept. */
  get size(): number {
    return this.#full.size;
  }

  /**
   * Takes a token.
   *
   * @returns 0 where there was one; else the milliseconds until there is
   */
  take(name: string): number {
    const now = this.#clock.now();
    const full = Math.max(now, this.#full.get(name) ?? 0) + this.#every;
    const wait = full - now - this.#burst * this.#every;
    this.#forget(now);
    // What is refused costs no time: whoever goes on asking is let through as soon as whoever waits.
    if (wait > 0) return wait;
    this.#full.delete(name);
    this.#full.set(name, full);
    return 0;
  }

  // Some at each call, so that no timer is needed.
  #forget(now: number): void {
    let left = 3;
    for (const [name, full] of this.#full) {
      if (left-- === 0 || (full > now && this.#full.size <= MOST)) return;
      this.#full.delete(name);
    }
  }
}
