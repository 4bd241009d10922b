/**
 * Deno KV on a file that a second connection writes to: SQLite does not wait there, the call throws. Nothing was done
 * then, so that it is safe to repeat.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";

const LOCKED = /database is (locked|busy)/i;

// 1, 2, 4 … 128 ms, each with full jitter, since two must not meet again and again: some four seconds in all.
const TRIES = 64, WAIT_DOUBLINGS = 7;

/** Whether an error says that the file is locked. */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && LOCKED.test(error.message);
}

/**
 * Runs something until the file is not locked.
 *
 * @param clock which the pauses between tries are taken from
 * @throws whatever `run` throws, "database is locked" after some four seconds
 */
export async function unlocked<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  for (let tried = 1;; tried++) {
    try {
      return await run();
    } catch (error) {
      if (tried === TRIES || !isLocked(error)) throw error;
      const wait = Math.random() * 2 ** Math.min(tried, WAIT_DOUBLINGS);
      await new Promise<void>((resolve) => clock.after(wait, resolve));
    }
  }
}
