/**
 * Bringing up to date what has changed, one after the other, without keeping the isolate from anybody's call.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** What is brought up to date. */
export interface Refreshable {
  /** Brings it up to date. It must not reject. */
  refresh(): Promise<void>;
}

/** Milliseconds of work before whoever has sent something is heard. */
const SLICE = 8;
/** How many may wait for their data at a time. */
const SIDE_BY_SIDE = 100;

/**
 * A queue in which everybody stands once, however often it was asked for. It begins when what has arrived by now has
 * been heard: a hundred calls that come together are one render.
 */
export class Refreshes {
  readonly #waiting = new Set<Refreshable>();
  readonly #running = new Set<Promise<void>>();
  #begun = false;

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Asks for a refresh that begins after now. */
  add(one: Refreshable): void {
    this.#waiting.add(one);
    if (this.#begun) return;
    this.#begun = true;
    setImmediate(() => void this.#run());
  }

  /** Takes somebody out who is not there any more. */
  remove(one: Refreshable): void {
    this.#waiting.delete(one);
  }

  async #run(): Promise<void> {
    let end = performance.now() + SLICE;
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      const running = next.refresh();
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
