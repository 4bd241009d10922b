/**
 * Functions that are called when something has changed.
 *
 * @module
 */

import type { Unsubscribe } from "./remote.ts";

/** Some functions. One that throws harms none of the others. */
export class Listeners<T> {
  readonly #failed: (error: unknown) => void;
  readonly #listeners = new Set<{ readonly call: (value: T) => void }>();

  /** @param failed told what one of them throws */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Adds one, until what is returned is called. */
  add(call: (value: T) => void): Unsubscribe {
    const listener = { call };
    this.#listeners.add(listener);
    const leave = () => void this.#listeners.delete(listener);
    return Object.assign(leave, { [Symbol.dispose]: leave });
  }

  /** Calls all. */
  tell(value: T): void {
    if (this.#listeners.size === 0) return;
    for (const { call } of [...this.#listeners]) {
      try {
        call(value);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#listeners.clear();
  }
}
