/**
 * How fast frames may leave: a little slower than a server takes offence at (see `Limits`).
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";

/** Frames at once, before the rate counts. */
export const BURST = 150;

/** Frames a second. */
export const RATE = 40;

/** A token bucket: takes one token and returns 0, or returns the milliseconds until there is one. */
export function flow(clock: Clock): () => number {
  let tokens = BURST, at = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(BURST, tokens + Math.max(0, now - at) * RATE / 1000);
    at = now;
    if (tokens < 1) return Math.ceil((1 - tokens) * 1000 / RATE);
    tokens--;
    return 0;
  };
}
