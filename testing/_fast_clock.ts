/**
 * A clock on which a second is a millisecond.
 *
 * @module
 */

import { type Clock, systemClock } from "../protocol/clock.ts";

/** How much faster than the system's it goes. */
const FASTER = 1000;

/** Goes fast, and knows who waits for it. */
export class FastClock implements Clock {
  readonly #start = systemClock.now();
  readonly #waiting = new Set<() => void>();

  /** How many callbacks wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  now(): number {
    return this.#start + (systemClock.now() - this.#start) * FASTER;
  }

  after(ms: number, run: () => void): () => void {
    const cancel = systemClock.after(ms / FASTER, () => {
      this.#waiting.delete(cancel);
      run();
    });
    this.#waiting.add(cancel);
    return () => {
      this.#waiting.delete(cancel);
      cancel();
    };
  }
}
