/**
 * Publishes what one isolate says on one channel, in its order. One message of the stream is under way at a time; what
 * is published meanwhile goes together in the next one. So nothing can overtake what has to be sent again, and many at
 * once cost no more round trips than one.
 *
 * @module
 */

import { systemClock } from "../../protocol/clock.ts";
import { type NatsLog, RefusedError } from "./_nats_log.ts";
import { join, LARGEST } from "./_nats_parts.ts";

/** So long a publication is tried, with a pause and a last try behind it; and so long a try waits for its answer. */
const DEADLINE_MS = 4_400, TRY_MS = 1_500, LAST_TRY_MS = 50;

/** The pause before the next try, at first and at most. */
const PAUSE_MS = 50, LONGEST_PAUSE_MS = 500;

/** Bytes that small publications make up together. */
const TOGETHER = 256 * 1024;

/** Bytes that wait. */
const WAITING = 8 * LARGEST;

/** A message that says nothing. */
const NOTHING = new TextEncoder().encode("[]");

interface Waiting {
  readonly bytes: Uint8Array;
  readonly until: number;
  readonly done: PromiseWithResolvers<void>;
}

/** The sender of a channel. */
export class NatsSender {
  readonly #log: NatsLog;
  readonly #token: string;
  readonly #whenIdle: () => void;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #isSending = false;
  /** The id of a message of which nobody knows whether it is stored, or will be. */
  #doubt: string | undefined;

  /** @param whenIdle called when nothing is under way, and nothing in doubt */
  constructor(log: NatsLog, token: string, whenIdle: () => void) {
    this.#log = log;
    this.#token = token;
    this.#whenIdle = whenIdle;
  }

  /**
   * Publishes what was encoded.
   *
   * @throws Error where NATS does not answer within five seconds
   */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#bytes + bytes.length > WAITING) {
      throw new Error(`Cannot publish to NATS: ${this.#bytes} bytes wait for it already.`);
    }
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, until: performance.now() + DEADLINE_MS, done });
    this.#bytes += bytes.length;
    if (!this.#isSending) void this.#run();
    await done.promise;
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    await Promise.resolve(); // what is published in one go, goes together
    while (this.#waiting.length > 0) {
      const batch = this.#next();
      try {
        await this.#deliver(batch);
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(failure(error));
      }
    }
    this.#isSending = false;
    if (this.#doubt === undefined) this.#whenIdle();
  }

  /** The first that waits, and those behind it that fit in the same message. */
  #next(): Waiting[] {
    const most = Math.min(TOGETHER, this.#log.limit);
    let size = 1, count = 0;
    for (const { bytes } of this.#waiting) {
      size += bytes.length + 1;
      if (count > 0 && size > most) break;
      count++;
    }
    const batch = this.#waiting.splice(0, count);
    for (const { bytes } of batch) this.#bytes -= bytes.length;
    return batch;
  }

  async #deliver(batch: Waiting[]): Promise<void> {
    const whole = join(batch.map(({ bytes }) => bytes)), id = crypto.randomUUID(), size = this.#log.limit;
    const count = Math.ceil(whole.length / size);
    for (let at = 0; at < count; at++) {
      // What was given up may still be on its way, in a connection that was thought dead. Its id is taken, unless it is
      // stored already: so it does not come behind what is published now.
      if (this.#doubt !== undefined) await this.#store(NOTHING, this.#doubt, undefined, batch);
      const part = count === 1 ? undefined : `${id} ${at} ${count}`;
      await this.#store(whole.subarray(at * size, (at + 1) * size), `${id}.${at}`, part, batch);
    }
  }

  /** Stores a message, and sends it again until the server has answered or nobody waits any more. */
  async #store(data: Uint8Array, id: string, part: string | undefined, batch: Waiting[]): Promise<void> {
    for (let tried = 0;; tried++) {
      try {
        await this.#log.append(this.#token, data, { id, part, timeout: left(batch) });
        if (this.#doubt === id) this.#doubt = undefined;
        return;
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        this.#doubt = id;
        if (this.#log.isClosed) throw error;
        giveUp(batch, error);
        if (batch.length === 0) throw error;
        await new Promise<void>((resolve) =>
          void systemClock.after(Math.min(PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS), resolve)
        );
        // The stream may be gone; then it is made anew. Otherwise the next try says what is wrong.
        await this.#log.state(left(batch)).catch(() => {});
      }
    }
  }
}

/** How long a try may take: whose time is up first has to be told. */
function left([first]: readonly Waiting[]): number {
  return Math.min(Math.max(first!.until - performance.now(), LAST_TRY_MS), TRY_MS);
}

/** Tells those whose time is up. The others are in the same message, which is tried on. */
function giveUp(batch: Waiting[], error: unknown): void {
  const now = performance.now(), count = batch.findIndex(({ until }) => until > now);
  for (const { done } of batch.splice(0, count < 0 ? batch.length : count)) done.reject(failure(error));
}

function failure(cause: unknown): Error {
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\.?$/, ".");
  const rest = cause instanceof RefusedError ? "" : " It may have been published all the same.";
  return new Error(`Cannot publish to NATS: ${why}${rest}`, { cause });
}
