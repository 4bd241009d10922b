/**
 * Finding out that nobody is there: a network that went away closes no socket.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";

/** Silence after which we ask, and then silence after which we know. */
const SILENCE = 5000;

/** Listens to the silence, while an answer is expected. */
export interface Heartbeat {
  /** An answer is expected from now on. */
  expect(): void;
  /** Asks now. */
  probe(): void;
  /** A sign of life; or there is nothing to listen to. */
  stop(): void;
}

/**
 * Starts with nothing to listen to.
 *
 * @param waiting whether an answer is expected at all
 * @param ping asks whether anybody is there
 * @param dead nobody is
 */
export function heartbeat(
  clock: Clock,
  waiting: () => boolean,
  ping: () => void,
  dead: () => void,
): Heartbeat {
  let cancel: (() => void) | undefined;
  let probing = false;

  function stop(): void {
    cancel?.();
    cancel = undefined;
    probing = false;
  }

  function probe(): void {
    if (probing) return;
    stop();
    probing = true;
    ping();
    cancel = clock.after(SILENCE, dead);
  }

  return {
    stop,
    probe,
    expect() {
      if (!cancel && waiting()) cancel = clock.after(SILENCE, probe);
    },
  };
}
