/**
 * A clock that tests turn by hand.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";

/**
 * Stands still until it is turned.
 *
 * @example
 * ```ts
 * import { FakeClock } from "@argyle/argyle/testing";
 * const clock = new FakeClock();
 * let rung = false;
 * clock.after(1000, () => rung = true);
 * clock.turn(999); // rung is false
 * clock.turn(1); // rung is true
 * ```
 */
export class FakeClock implements Clock {
  #now: number;
  #alarms: { at: number; run: () => void }[] = [];

  /**
   * A clock that stands still.
   *
   * @param now milliseconds since 1970; the first of November 2026 where left out
   */
  constructor(now: number = Date.UTC(2026, 10, 1)) {
    this.#now = now;
  }

  /** How many callbacks wait. */
  get waiting(): number {
    return this.#alarms.length;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#now;
  }

  /** Calls `run` when the clock has been turned by `ms` milliseconds; the function returned cancels it. */
  after(ms: number, run: () => void): () => void {
    const alarm = { at: this.#now + ms, run };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Turns the clock on by `ms` milliseconds, calling back on the way in the order of time. */
  turn(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#alarms.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#alarms = this.#alarms.filter((alarm) => alarm !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}
