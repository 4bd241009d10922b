/**
 * What waits to be sent: in its order, at the pace of its socket.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import { LOOK, type Pace } from "./sync_pace.ts";

/** Frames that may wait. */
export const MOST_QUEUED = 10_000;

/** What waits to be sent over one socket. */
export interface Outbox {
  /** Sends a frame, now or in its turn. */
  send(text: string): void;
  /** Whether frames wait. Then `whenRead` is called once, when none does any more; given again meanwhile, once too. */
  isBehind(whenRead: () => void): boolean;
  /** Forgets what waits. */
  stop(): void;
}

/**
 * Starts empty.
 *
 * @param full more would have to wait than may: the line is of no use any more. Called later, not by `send`
 */
export function outbox(pace: Pace, clock: Clock, full: () => void): Outbox {
  const waiting: string[] = [];
  let listeners = new Set<() => void>();
  let cancel: (() => void) | undefined;

  function pump(): void {
    cancel = undefined;
    let sent = 0;
    while (sent < waiting.length && pace.mayGo()) pace.send(waiting[sent++]!);
    waiting.splice(0, sent);
    if (waiting.length > 0 || !pace.mayGo()) return look();
    const told = listeners;
    listeners = new Set();
    for (const tell of told) tell();
  }

  function look(): void {
    cancel ??= clock.after(LOOK, pump);
  }

  return {
    send(text) {
      if (!cancel && pace.mayGo()) return pace.send(text);
      if (waiting.length < MOST_QUEUED) {
        waiting.push(text);
        return look();
      }
      // Nothing goes any more: what comes next would not follow what went. Whoever sends is not ready to hear of it.
      cancel?.();
      cancel = clock.after(0, full);
    },
    isBehind(whenRead) {
      if (!cancel && pace.mayGo()) return false;
      listeners.add(whenRead);
      look();
      return true;
    },
    stop() {
      cancel?.();
      waiting.length = 0;
      listeners.clear();
    },
  };
}
