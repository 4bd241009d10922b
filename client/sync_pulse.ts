/**
 * Finding out that a line is dead: a network that went away closes no socket, and a page hears none of the pings that
 * its browser answers.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";

/** Milliseconds without a word, after which we ask; a server that hears nothing hangs up after 60 s. */
export const SILENCE = 30_000;

/** Milliseconds after which, without an answer, nobody is there: a slow line, with a page of a list before the answer. */
export const PATIENCE = 10_000;

/** Listens to the silence on one line. */
export interface Pulse {
  /** Something was said; from now on there is something to lose. */
  expect(): void;
  /** Something was heard. */
  hear(): void;
  /** Asks now. */
  probe(): void;
  /** The line is gone. */
  stop(): void;
}

/**
 * Starts with nothing to listen to. A line that is busy costs one timer in 30 seconds.
 *
 * @param ask asks whether anybody is there
 * @param dead nobody is
 */
export function pulse(clock: Clock, ask: () => void, dead: () => void): Pulse {
  let cancel: (() => void) | undefined;
  let heard = 0;
  let probing = false;

  function look(): void {
    if (probing) return dead();
    const now = clock.now();
    heard = Math.min(heard, now); // a clock may be set back
    const left = heard + SILENCE - now;
    if (left > 0) wait(left);
    else probe();
  }

  function wait(ms: number): void {
    cancel?.();
    cancel = clock.after(ms, look);
  }

  function probe(): void {
    if (probing) return;
    probing = true;
    wait(PATIENCE);
    ask();
  }

  function hear(): void {
    heard = clock.now();
    if (cancel && !probing) return;
    probing = false;
    wait(SILENCE);
  }

  return {
    hear,
    probe,
    expect: () => cancel || hear(),
    stop() {
      cancel?.();
    },
  };
}
