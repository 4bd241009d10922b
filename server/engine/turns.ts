/**
 * Turns: who has met others in a commit waits in line for the next try, so that nobody is overtaken for ever.
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";

const nobody = Promise.resolve();

/** Lines by name, in one isolate. Nobody stands in a line who has not met anybody. */
export class Turns {
  readonly #clock: Pick<Clock, "after">;
  readonly #lines = new Map<string, Promise<void>>();

  /** @param clock the time by which a turn is over; the system's where left out */
  constructor(clock: Pick<Clock, "after"> = systemClock) {
    this.#clock = clock;
  }

  /** Waits until those who are in the line of this name now have had their turns. */
  quiet(name: string): Promise<void> {
    return this.#lines.get(name) ?? nobody;
  }

  /**
   * Stands in line.
   *
   * @param ms how long a turn lasts at most, from when it has come: those behind are let pass then, as if it were given
   * back; for ever where left out
   * @returns gives the turn back; also twice
   */
  async take(name: string, ms: number = Infinity): Promise<() => void> {
    const before = this.#lines.get(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    const line = before === undefined ? promise : before.then(() => promise);
    this.#lines.set(name, line);
    if (before !== undefined) await before;
    const over = () => {
      resolve();
      if (this.#lines.get(name) === line) this.#lines.delete(name);
    };
    const cancel = ms === Infinity ? undefined : this.#clock.after(ms, over);
    return () => {
      cancel?.();
      over();
    };
  }
}
