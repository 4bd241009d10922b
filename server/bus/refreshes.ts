/**
 * Bringing up to date what has changed, one after the other, without keeping the isolate from anybody's call.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { type Clock, systemClock } from "../../protocol/clock.ts";

/** What is brought up to date. */
export interface Refreshable {
  /** Brings it up to date. It must not reject. */
  refresh(): Promise<void>;
}

/** Milliseconds of work before whoever has sent something is heard. */
const SLICE = 8;
/** How many may wait for their data at a time. */
const SIDE_BY_SIDE = 100;
/** Milliseconds until what has failed is tried again: twice as long each time, up to the last. */
const FIRST_AGAIN = 1000, LAST_AGAIN = 60_000;
/** Milliseconds between two lines of the log about that. */
const QUIET = 5000;

/**
 * A queue in which everybody stands once, however often it was asked for. It begins when what has arrived by now has
 * been heard: a hundred calls that come together are one render.
 */
export class Refreshes {
  readonly #waiting = new Set<Refreshable>();
  readonly #running = new Set<Promise<void>>();
  readonly #clock: Clock;
  /** How each is cancelled that is to be tried again. */
  readonly #later = new Map<Refreshable, () => void>();
  /** How often in a row each has failed. */
  readonly #failures = new WeakMap<Refreshable, number>();
  #quietUntil = 0;
  #begun = false;

  /** @param clock the time after which what has failed is tried again */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Asks for a refresh that begins after now. */
  add(one: Refreshable): void {
    this.#cancel(one);
    this.#waiting.add(one);
    if (this.#begun) return;
    this.#begun = true;
    setImmediate(() => void this.#run());
  }

  /**
   * It could not be brought up to date: it is tried again in a while, since nobody else asks for it. The store, or what a
   * page loads, may be back by then.
   *
   * @returns whether it is worth a line of the log: of thousands of pages that fail in one moment, one is
   */
  again(one: Refreshable): boolean {
    if (this.#waiting.has(one) || this.#later.has(one)) return false;
    const failures = this.#failures.get(one) ?? 0;
    this.#failures.set(one, failures + 1);
    // What failed together is not tried together: whatever has come back would have it all at once.
    const ms = Math.min(LAST_AGAIN, FIRST_AGAIN * 2 ** failures) * (1 + Math.random()) / 2;
    this.#later.set(one, this.#clock.after(ms, () => this.add(one)));
    const now = this.#clock.now();
    if (now < this.#quietUntil) return false;
    this.#quietUntil = now + QUIET;
    return true;
  }

  /** Takes somebody out who is not there any more. */
  remove(one: Refreshable): void {
    this.#cancel(one);
    this.#waiting.delete(one);
  }

  #cancel(one: Refreshable): void {
    this.#later.get(one)?.();
    this.#later.delete(one);
  }

  async #run(): Promise<void> {
    let end = performance.now() + SLICE;
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      const running = next.refresh().then(() => {
        if (!this.#later.has(next)) this.#failures.delete(next);
      });
      this.#running.add(running);
      void running.finally(() => this.#running.delete(running));
      if (this.#running.size >= SIDE_BY_SIDE) await Promise.race(this.#running);
      if (performance.now() < end) continue;
      await new Promise<void>((resolve) => setImmediate(resolve));
      end = performance.now() + SLICE;
    }
    this.#begun = false;
  }
}
