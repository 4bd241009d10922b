/**
 * How long something may take, where there is much at once.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";

/** Milliseconds of the longest timer that the system has; a longer one rings at once. */
const LONGEST = 2 ** 31 - 1;

/** Something that is not over. */
interface Open {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly late: () => void;
}

/** What may take equally long: whoever began first is late first. */
interface Lane {
  readonly ms: number;
  readonly open: Set<Open>;
  cancel: () => void;
}

/**
 * Deadlines of one peer: one timer for all of the same length, instead of one each. A timer of the system's costs as much as
 * the rest of a small call.
 */
export class Deadlines implements Pick<Clock, "after"> {
  readonly #clock: Clock;
  /** Those in which something is open. */
  readonly #lanes = new Map<number, Lane>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Calls `late` once after `ms` milliseconds; the function returned cancels it, also twice.
   *
   * @param ms `Infinity`: never
   */
  after(ms: number, late: () => void): () => void {
    const lane = this.#lanes.get(ms) ?? this.#begin(ms), open = { at: this.#clock.now() + ms, late };
    lane.open.add(open);
    return () => {
      if (lane.open.delete(open) && lane.open.size === 0) this.#end(lane);
    };
  }

  #begin(ms: number): Lane {
    const lane: Lane = { ms, open: new Set(), cancel: () => {} };
    lane.cancel = this.#lookAfter(ms, lane);
    this.#lanes.set(ms, lane);
    return lane;
  }

  #end(lane: Lane): void {
    lane.cancel();
    this.#lanes.delete(lane.ms);
  }

  // Those who began later have time left.
  #look(lane: Lane): void {
    const now = this.#clock.now();
    try {
      for (const open of lane.open) {
        if (open.at > now) break;
        lane.open.delete(open);
        open.late();
      }
    } finally {
      this.#goOn(lane, now);
    }
  }

  #goOn(lane: Lane, now: number): void {
    if (this.#lanes.get(lane.ms) !== lane) return; // whoever was late has ended the rest
    const [next] = lane.open;
    if (next === undefined) this.#lanes.delete(lane.ms);
    // A clock that was set back gives nobody more than another deadline.
    else lane.cancel = this.#lookAfter(Math.min(next.at - now, lane.ms), lane);
  }

  #lookAfter(ms: number, lane: Lane): () => void {
    return this.#clock.after(Math.min(ms, LONGEST), () => this.#look(lane));
  }
}
