/**
 * What has come on one connection and is not handled yet.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import type { Maybe } from "../../socksync/maybe.ts";

/** So many of the largest messages may wait together. */
const LARGEST = 16;

/** Hands on messages, one after the other. */
export class Inbox {
  readonly #limits: Pick<Limits, "eventsPending" | "frame">;
  readonly #handle: (data: unknown) => Maybe<void>;
  #waiting: unknown[] = [];
  #length = 0;
  #isHeld = false;
  #isOver = false;

  /** @param handle must not throw; the next one waits until it is done */
  constructor(limits: Pick<Limits, "eventsPending" | "frame">, handle: (data: unknown) => Maybe<void>) {
    this.#limits = limits;
    this.#handle = handle;
  }

  /** Whether one more may wait; in any case where none does. */
  hasRoom(data: unknown, running: number): boolean {
    const { eventsPending, frame } = this.#limits;
    if (this.#waiting.length + running >= eventsPending) return false;
    return this.#waiting.length === 0 || this.#length + lengthOf(data) <= LARGEST * frame;
  }

  /** Handles one, now or in its turn. */
  add(data: unknown): void {
    if (this.#isOver) return;
    if (!this.#isHeld) return this.#begin(data);
    this.#waiting.push(data);
    this.#length += lengthOf(data);
  }

  /** None is handled. */
  hold(): void {
    this.#isHeld = true;
  }

  /** They are, again. */
  release(): void {
    this.#isHeld = false;
    while (!this.#isHeld && this.#waiting.length > 0) {
      const data = this.#waiting.shift();
      this.#length -= lengthOf(data);
      this.#begin(data);
    }
  }

  /** Nothing is handled any more. */
  end(): void {
    this.#isOver = true;
    this.#waiting = [];
  }

  #begin(data: unknown): void {
    const done = this.#handle(data);
    if (done === undefined) return;
    this.hold();
    void done.then(() => this.release());
  }
}

// A character is two bytes at most, in memory.
function lengthOf(data: unknown): number {
  return typeof data === "string" ? data.length : (data as ArrayBuffer).byteLength;
}
