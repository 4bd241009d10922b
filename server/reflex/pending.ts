/**
 * How many calls wait or run, in all and by session.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";

/** Counts calls. */
export class Pending {
  readonly #limits: Limits;
  readonly #bySession = new Map<string, number>();
  #all = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  /** @param limits how many there may be */
  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Calls that wait or run in this isolate, and what follows them. */
  get size(): number {
    return this.#all;
  }

  /** Counts one in, where there is room. */
  enter(session: string): boolean {
    const own = this.#bySession.get(session) ?? 0;
    if (this.#all >= this.#limits.pending || own >= this.#limits.pendingPerSession) return false;
    this.#all++;
    this.#bySession.set(session, own + 1);
    return true;
  }

  /** Counts one out. */
  leave(session: string): void {
    const own = this.#bySession.get(session)! - 1;
    if (own === 0) this.#bySession.delete(session);
    else this.#bySession.set(session, own);
    this.#leave();
  }

  /** Counts what a call has left to be done, until it is. @param work does not reject */
  follow(work: Promise<void>): void {
    this.#all++;
    void work.then(() => this.#leave());
  }

  #leave(): void {
    if (--this.#all > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** Done when no call waits or runs. */
  async idle(): Promise<void> {
    if (this.#all === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }
}
