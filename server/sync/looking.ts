/**
 * Looks something up of which it is not known any more what it is, until that is known.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";

/** Milliseconds until it is tried again: twice as long each time. */
const AGAIN = 500, AGAIN_AT_LAST = 10_000;

/** What looks, and by which clock. */
export interface LookingMeans {
  readonly clock: Clock;
  /** Rejects where it cannot be found out now. */
  look(): Promise<void>;
  /** The first of several tries has failed. */
  failed(error: unknown): void;
}

/** One thing that can be in doubt. */
export class Looking {
  readonly #means: LookingMeans;
  #isInDoubt = false;
  #isBusy = false;
  #isOver = false;
  #tries = 0;
  #cancel: (() => void) | undefined;

  constructor(means: LookingMeans) {
    this.#means = means;
  }

  /** It may be another by now. What is being looked up already may be of before, so that it is looked up once more. */
  doubt(): void {
    if (this.#isOver) return;
    this.#isInDoubt = true;
    if (!this.#isBusy) void this.#look();
  }

  /** Nobody wants to know any more. */
  close(): void {
    this.#isOver = true;
    this.#cancel?.();
  }

  async #look(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isBusy = true;
    try {
      while (this.#isInDoubt) {
        this.#isInDoubt = false;
        await this.#means.look();
        this.#tries = 0;
      }
    } catch (error) {
      this.#isInDoubt = true;
      this.#tryAgain(error);
    } finally {
      this.#isBusy = false;
    }
  }

  #tryAgain(error: unknown): void {
    if (this.#isOver) return;
    if (this.#tries === 0) this.#means.failed(error);
    const pause = Math.min(AGAIN_AT_LAST, AGAIN * 2 ** this.#tries++);
    this.#cancel = this.#means.clock.after(pause, () => void this.#look());
  }
}
