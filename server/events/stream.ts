/**
 * Values that come one after the other, each sent as soon as it is there and the one before was read.
 *
 * @module
 */

import type { Maybe } from "../../socksync/maybe.ts";
import type { EndpointLine } from "../socket/endpoint_line.ts";
import type { Running } from "./running.ts";

/** What a stream works with. */
export interface StreamMeans {
  readonly running: Running;
  readonly line: Pick<EndpointLine, "isBehind" | "send">;
  /** Milliseconds until the next value. */
  readonly ms: number;
  /** Makes the error of one that takes longer. */
  late(ms: number): object;
  /** A value as a message; nothing for nothing. */
  write(value: unknown): Maybe<string | undefined>;
  /** What fails when nobody waits for it any more. */
  failed(error: unknown): void;
}

/** Whether something comes in parts: an async generator, a stream. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof (value as AsyncIterable<unknown> | null | undefined)?.[Symbol.asyncIterator] === "function";
}

/**
 * Sends all values. Where it ends before they do, whoever makes them is told by `return()`.
 *
 * @throws what makes them throws, what writes them throws; the reason why nobody waits any more
 */
export async function sendAll(values: AsyncIterable<unknown>, means: StreamMeans): Promise<void> {
  const { running, line, ms, late, write, failed } = means;
  const iterator = values[Symbol.asyncIterator]();
  const stretch = new Stretch();
  let isDone = false;
  try {
    for (;;) {
      if (stretch.isLong()) await stretch.end();
      await whenRead(means);
      const step = Promise.resolve(iterator.next());
      void step.catch(failed);
      const { done, value } = await running.within(step, ms, late);
      if (done === true) {
        isDone = true;
        return;
      }
      const text = await write(value);
      if (text !== undefined) line.send(text);
    }
  } finally {
    if (!isDone) void giveUp(iterator).catch(failed);
  }
}

/** Milliseconds of values that are there at once, after which the event loop takes a breath; and of that. */
const STRETCH = 8, BREATH = 4;

/**
 * How long values have come without a wait. They take no turn of the event loop, so that nobody else has one either, until so
 * many were sent that they have to be read first.
 */
class Stretch {
  #since = performance.now();
  #last = this.#since;

  /** Looked at before each value. */
  isLong(): boolean {
    const now = performance.now();
    // What has taken so long was waited for.
    if (now - this.#last > STRETCH) this.#since = now;
    this.#last = now;
    return now - this.#since > STRETCH;
  }

  /** Whoever else is there is heard. */
  async end(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, BREATH));
    this.#since = this.#last = performance.now();
  }
}

// A slow reader slows down whoever makes them; nobody waits for one that is gone.
async function whenRead({ line, running, late }: StreamMeans): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (line.isBehind(resolve)) await running.within(promise, Infinity, late);
  // Values that are there at once come before the word that nobody waits: without end, nothing else would ever run.
  if (running.reason !== undefined) throw running.reason;
}

// It hears of it when what it waits for is there.
async function giveUp(iterator: AsyncIterator<unknown>): Promise<void> {
  await iterator.return?.();
}
