/**
 * The timers of one page, over a clock that may be turned by hand.
 *
 * @module
 */

import { clearImmediate, setImmediate } from "node:timers";
import type { Clock } from "../protocol/clock.ts";

/** `setTimeout` and `clearTimeout` of a page, and which of them an action waits for. */
export class Timers {
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** How each is cancelled, by its number. */
  readonly #running = new Map<number, () => void>();
  /** Those that somebody waits for. */
  readonly #awaited = new Set<number>();
  #marking = false;
  #last = 0;

  /** @param changed is told after each that has run */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Whether a timer that is awaited has neither run nor been cancelled. */
  get isBusy(): boolean {
    return this.#awaited.size > 0;
  }

  /** Awaits the timers that `act` sets: a call that is put off belongs to what a person has done. */
  mark(act: () => void): void {
    this.#marking = true;
    try {
      act();
    } finally {
      this.#marking = false;
    }
  }

  /** As `setTimeout`. What takes no time needs no clock, and is awaited. */
  readonly set = (run: () => void, ms = 0): number => {
    const id = ++this.#last;
    const ring = () => {
      this.clear(id);
      run();
      this.#changed();
    };
    if (this.#marking || ms <= 0) this.#awaited.add(id);
    this.#running.set(id, ms > 0 ? this.#clock.after(ms, ring) : soon(ring));
    return id;
  };

  /** As `clearTimeout`. */
  readonly clear = (id?: number): void => {
    if (id === undefined) return;
    this.#running.get(id)?.();
    this.#running.delete(id);
    this.#awaited.delete(id);
  };

  /** Cancels all. */
  close(): void {
    for (const id of [...this.#running.keys()]) this.clear(id);
  }
}

function soon(run: () => void): () => void {
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
}

/** Lets run what needs no time: promises, and what they bring about. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
