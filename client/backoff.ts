/**
 * How long to wait before the next attempt: with full jitter, so that the clients of a restarted server do not come
 * back all at once.
 *
 * @module
 */

const LEAST = 50, FIRST = 300, CAP = 10_000;

/** Milliseconds to wait, more after each failure; where nobody looks, near the cap. */
export interface Backoff {
  (hidden: boolean): number;
  /** All is well again. */
  reset(): void;
}

/** Doubles the range of the wait each time. */
export function backoff(random: () => number): Backoff {
  let most = FIRST;
  function next(hidden: boolean): number {
    const wait = hidden ? CAP * (1 + random()) / 2 : LEAST + random() * (most - LEAST);
    most = Math.min(CAP, most * 2);
    return wait;
  }
  next.reset = () => {
    most = FIRST;
  };
  return next;
}
