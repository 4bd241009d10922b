/**
 * Finding out that nobody is there: a network that went away closes no socket.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";

/** Silence after which we ask, and then silence after which we know. */
const SILENCE = 5000;

/** What a heartbeat needs to know and to do. */
export interface Pulse {
  /** Asks whether anybody is there. */
  ping(): void;
  /** Whether an answer is expected at all. */
  waiting(): boolean;
  /** Nobody is. */
  dead(): void;
}

/** Listens to the silence, while an answer is expected. */
export interface Heartbeat {
  /** An answer is expected from now on. */
  expect(): void;
  /** Asks now. */
  probe(): void;
  /** A sign of life; or there is nothing to listen to. */
  stop(): void;
}

/** Starts with nothing to listen to. */
export function heartbeat(clock: Clock, { ping, waiting, dead }: Pulse): Heartbeat {
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
