/**
 * A line of the log for each call of a reflex.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Logger } from "../observe.ts";
import type { Watcher, Watching, Work } from "./work.ts";

/** Writes them. What an element has asked to be left out is. */
export class CallLog implements Watcher {
  readonly #log: Logger;
  readonly #clock: Clock;

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  begin(work: Work): Watching | undefined {
    const { kind, target, n, visit, isQuiet } = work.task;
    if (kind !== "reflex" || isQuiet) return undefined;
    const start = this.#clock.now();
    return {
      end: () => {
        const { outcome: as, down } = work;
        this.#log.info(`called ${target}`, { as, ms: this.#clock.now() - start, down, n, visit });
      },
    };
  }
}
