/**
 * Does something many times, some at once.
 *
 * @module
 */

/** So many connections are opened at once. */
const AT_ONCE = 16;

/** Runs something so many times. */
export async function many(times: number, run: () => Promise<void>): Promise<void> {
  let left = times;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) await run();
  }));
}
