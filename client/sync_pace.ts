/**
 * How fast frames may leave: a little slower than a server takes offence at, and not faster than the network takes them.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { SyncSocket } from "./sync_environment.ts";

/** Four fifths of `syncFramesPerSecond` and `syncFrameBurst`, and others of the default `Limits`. */
export const Most = {
  /** Frames a second. */
  rate: 400,
  /** Frames at once, before the rate counts. */
  burst: 1600,
  /** Bytes of one frame. */
  frame: 65_536,
  /** Bytes that may be on their way out of this machine, before frames wait. */
  watermark: 262_144,
} as const;

/** Milliseconds between two looks whether more may go. */
export const LOOK = 25;

/** The pace of one socket. */
export interface Pace {
  /** Whether one more may go now. */
  mayGo(): boolean;
  /** Sends a frame, also where it may not. */
  send(text: string): void;
}

/** Starts with a whole burst. */
export function pace(socket: SyncSocket, clock: Clock): Pace {
  let tokens: number = Most.burst, at = clock.now();
  return {
    mayGo() {
      const now = clock.now();
      tokens = Math.min(Most.burst, tokens + Math.max(0, now - at) * Most.rate / 1000);
      at = now;
      return tokens >= 1 && socket.bufferedAmount <= Most.watermark;
    },
    send(text) {
      tokens--;
      socket.send(text);
    },
  };
}
