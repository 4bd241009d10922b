/**
 * What comes over a line, looked at one after another.
 *
 * @module
 */

import type { Maybe } from "./maybe.ts";

/** Messages of one line: while one is still being looked at, the rest waits. */
export class Inbox {
  readonly #most: number;
  readonly #hear: (data: unknown) => Maybe<void>;
  #waiting: unknown[] = [];
  #size = 0;
  #isBusy = false;

  /**
   * @param most what may wait, in characters
   * @param hear looks at a message; it does not throw, nor reject
   */
  constructor(most: number, hear: (data: unknown) => Maybe<void>) {
    this.#most = most;
    this.#hear = hear;
  }

  /** Whether a message is being looked at. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** A message has come; `false` where too much waits by now. */
  receive(data: unknown): boolean {
    if (!this.#isBusy) {
      this.#look(data);
      return true;
    }
    this.#waiting.push(typeof data === "string" ? data : undefined); // of what is binary, that says enough
    this.#size += sizeOf(data);
    return this.#size <= this.#most;
  }

  /** Looks at nothing before this is done. */
  await(done: Promise<void>): void {
    this.#isBusy = true;
    done.then(() => {
      this.#isBusy = false;
      while (!this.#isBusy && this.#waiting.length > 0) {
        const data = this.#waiting.shift();
        this.#size -= sizeOf(data);
        this.#look(data);
      }
    });
  }

  /** The line is gone: nothing is looked at any more. */
  end(): void {
    this.#waiting = [];
  }

  // Whatever is looked at takes no time as a rule, and then nothing waits.
  #look(data: unknown): void {
    const done = this.#hear(data);
    if (done instanceof Promise) this.await(done);
  }
}

/** What a message that waits takes up, about. */
function sizeOf(data: unknown): number {
  return 100 + (typeof data === "string" ? data.length : 0);
}
