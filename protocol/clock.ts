/**
 * Time, handed in: production has the system's, tests turn it by hand.
 *
 * @module
 */

/**
 * Tells the time and calls back later.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { type Clock, systemClock } from "@argyle/argyle/protocol";
 * const tomorrow: Clock = { ...systemClock, now: () => Date.now() + 86_400_000 };
 * const app = new App({ clock: tomorrow });
 * ```
 */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once after `ms` milliseconds; the function returned cancels it, also twice. */
  after(ms: number, run: () => void): () => void;
}

/**
 * The system's clock.
 *
 * @example
 * ```ts
 * import { systemClock } from "@argyle/argyle/protocol";
 * const cancel = systemClock.after(1000, () => {});
 * cancel();
 * ```
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
