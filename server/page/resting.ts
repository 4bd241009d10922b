/**
 * Views that nobody has used for a moment.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";

/** What can take less room. */
export interface Restable {
  /** It has not been used for a moment. */
  rest(): void;
}

/** Milliseconds without use, after which a view rests; and how many go to rest at a time, at a third of one each. */
const MOMENT = 1000, AT_ONCE = 20;

/** Has views rest that are not used, with one timer for all. */
export class Resting {
  readonly #clock: Clock;
  /** Since when each is unused, the longest first. */
  readonly #since = new Map<Restable, number>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It has been used just now. */
  used(one: Restable): void {
    this.#since.delete(one);
    this.#since.set(one, this.#clock.now());
    this.#cancel ??= this.#clock.after(MOMENT, () => this.#look());
  }

  /** It is somebody else's to care for. */
  leave(one: Restable): void {
    if (!this.#since.delete(one) || this.#since.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    let left = AT_ONCE;
    for (const [one, since] of this.#since) {
      const rest = since + MOMENT - now;
      if (rest > 0 || left-- === 0) {
        this.#cancel = this.#clock.after(Math.max(rest, 1), () => this.#look());
        return;
      }
      this.#since.delete(one);
      one.rest();
    }
  }
}
