/**
 * The calls that this page has made: numbered, sent, sent again, settled.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { ClientFrame, ElementData, Json } from "../protocol/frames.ts";
import { ReflexError } from "./reflex_error.ts";
import { flow } from "./flow.ts";

/** The most that there may be. */
export const Most = {
  /** Calls without an outcome that are under way at once; the server refuses more (`Limits.pendingPerVisit`). */
  inFlight: 32,
  /** Calls that wait to be sent. */
  queued: 1000,
  /** Bytes of a frame; the server takes no larger one (`Limits.frame`). */
  frame: 65_536,
} as const;

interface Call {
  readonly target: string;
  /** Arguments and element, as far as they are not empty. */
  readonly rest: readonly [args?: readonly Json[], element?: ElementData];
  readonly resolve: (value: Json | undefined) => void;
  readonly reject: (error: ReflexError) => void;
  readonly tell: Tell;
  /** The frame, from its first sending on. */
  text: string;
}

/** Is told what becomes of a call, before its promise settles. */
export type Tell = (stage: "queued" | "delivered" | "nothing") => void;

/** Every promise it hands out settles: by an outcome, or when the outcome can no longer come. */
export interface Calls {
  /** Calls `Class#method` as soon as there is a line. */
  call(target: string, args: readonly Json[], element: ElementData, tell: Tell): Promise<Json | undefined>;
  /** Whether an outcome is waited for. */
  waiting(): boolean;
  /** There is a line: what has no outcome goes again as it went before, then what waits. */
  online(send: (text: string) => void): void;
  /** The line is gone, or on hold. */
  offline(): void;
  /**
   * The outcome of call `n`. A second one, or one of an earlier visit, changes nothing.
   *
   * @param nothing whether the page is as it was
   */
  settle(nothing: boolean, n: number, value?: Json): void;
  /** Call `n` has failed. */
  fail(n: number, error: ReflexError): void;
  /** The outcomes of all that was sent will never be known here. */
  abandon(code: ErrorCode): void;
  /** Another visit: it counts from 1, and knows nothing of what was sent in the one before. */
  restart(): void;
}

/** Starts without a line. */
export function callsOver(clock: Clock): Calls {
  /** In order of their numbers, which is the order of their first sending. */
  const flight = new Map<number, Call>();
  const queue: Call[] = [];
  let take = flow(clock);
  let last = 0;
  let send: ((text: string) => void) | undefined;
  let timer: (() => void) | undefined;

  function landed(n: number): Call | undefined {
    const call = flight.get(n);
    flight.delete(n);
    return call;
  }

  function pump(): void {
    while (send && !timer && flight.size < Most.inFlight) {
      const [call] = queue;
      if (!call) return;
      const n = last + 1;
      const [oldest = n] = flight.keys();
      call.text = JSON.stringify(["call", n, oldest - 1, call.target, ...call.rest] satisfies ClientFrame);
      // A letter has three bytes at most. To ask is dear: a blob is made in another process.
      if (call.text.length * 3 > Most.frame && new Blob([call.text]).size > Most.frame) {
        queue.shift();
        call.reject(new ReflexError("too_large", `A call has at most ${Most.frame} bytes.`));
        continue;
      }
      const wait = take();
      if (wait) {
        timer = clock.after(wait, () => {
          timer = undefined;
          pump();
        });
        return;
      }
      queue.shift();
      flight.set(last = n, call);
      send(call.text);
      call.tell("delivered");
    }
  }

  function abandon(code: ErrorCode): void {
    const lost = [...flight.values()];
    flight.clear();
    for (const { reject } of lost) reject(new ReflexError(code, "Its outcome is lost."));
  }

  return {
    abandon,
    waiting: () => flight.size > 0,
    async call(target, list, element, tell) {
      if (queue.length >= Most.queued) throw new ReflexError("busy", "Too many calls wait.");
      const { promise, resolve, reject } = Promise.withResolvers<Json | undefined>();
      // Positions count: the list is there, even empty, when an element follows.
      const rest: Call["rest"] = Object.keys(element).length > 0
        ? [list, element]
        : list.length > 0
        ? [list]
        : [];
      const call = { target, rest, resolve, reject, tell, text: "" };
      queue.push(call);
      pump();
      if (!call.text) tell("queued");
      return await promise;
    },
    online(line) {
      send = line;
      take = flow(clock); // the server counts by socket
      for (const { text } of flight.values()) {
        take();
        send(text);
      }
      pump();
    },
    offline() {
      send = undefined;
      timer?.();
      timer = undefined;
    },
    settle(nothing, n, value) {
      const call = landed(n);
      if (nothing) call?.tell("nothing");
      call?.resolve(value);
      pump();
    },
    fail(n, error) {
      landed(n)?.reject(error);
      pump();
    },
    restart() {
      last = 0;
      abandon("expired");
    },
  };
}
