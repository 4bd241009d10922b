/**
 * Watching a list in SQL: looks, now and then or when it is said that there is something to see, how its version stands.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { ListChange } from "../../socksync/source.ts";

/** What a watch needs. */
export interface Watched {
  readonly clock: Clock;
  /** Milliseconds from one look to the next. */
  readonly every: number;
  /** What has changed since a version; `undefined` where nothing has. */
  look(since: number): Promise<ListChange<unknown> | undefined>;
  /** Is told each time a look fails, and each time it begins to fail. */
  failed(error: unknown): void;
}

/** Looks for changes until it is stopped. */
export class SqlWatch {
  readonly #watched: Watched;
  readonly #tell: (change: ListChange<unknown>) => void;
  #seen: number;
  #cancel: () => void = () => {};
  #looking: Promise<void> | undefined;
  #isWanted = false;
  #isOver = false;

  /** @param seen the version that is known; changes after it are told */
  constructor(watched: Watched, seen: number, tell: (change: ListChange<unknown>) => void) {
    this.#watched = watched;
    this.#seen = seen;
    this.#tell = tell;
    this.#later();
  }

  /** Looks now; after the look that is under way, where there is one, for that may have been too early. */
  look(): void {
    if (this.#isOver) return;
    this.#isWanted = true;
    this.#looking ??= this.#looks().finally(() => this.#looking = undefined);
  }

  /** Ends it. What is under way is waited for, and told to nobody. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#cancel();
    await this.#looking;
  }

  async #looks(): Promise<void> {
    this.#cancel();
    while (this.#isWanted && !this.#isOver) {
      this.#isWanted = false;
      try {
        const change = await this.#watched.look(this.#seen);
        // Set by stop() meanwhile.
        if (change !== undefined && !this.#isOver) {
          this.#seen = change.version;
          this.#tell(change);
        }
      } catch (error) {
        if (!this.#isOver) this.#watched.failed(error);
      }
    }
    this.#later();
  }

  #later(): void {
    if (!this.#isOver) this.#cancel = this.#watched.clock.after(this.#watched.every, () => this.look());
  }
}
