/**
 * Follows the stream of a bus for all who listen, across lost connections, servers that start again, and streams that
 * are not what they were.
 *
 * The consumer has no filter. So the numbers of what it hears leave nothing out, and whatever was trimmed, purged, removed
 * or lost is a number that is missing.
 *
 * @module
 */

import { systemClock } from "../../protocol/clock.ts";
import type { BusListener, Message } from "./bus.ts";
import type { NatsMessage } from "./_nats_connection.ts";
import { Line, type Place, type Receiver, REQUEST_MS } from "./_nats_line.ts";
import { type NatsLog, PART } from "./_nats_log.ts";
import { decode, Parts } from "./_nats_parts.ts";

/** The pause before the next try, at first and at most. */
const PAUSE_MS = 50, LONGEST_PAUSE_MS = 1_000;

/** One that is followed, until nobody listens any more. */
export class NatsFeed implements Receiver {
  readonly #log: NatsLog;
  readonly #whenLeft: () => void;
  readonly #listening = new Map<string, Set<Listening>>();
  readonly #parts = new Parts((token) => this.#lose(token));
  readonly #started = Promise.withResolvers<void>();
  readonly #done: Promise<void>;
  #users = 0;
  #line: Line | undefined;
  #isEnded = false;
  #wake = () => {};
  /** The stream that is followed, the last number that was heard of it, and when that was stored. */
  #created: string | undefined;
  #last = 0;
  #stamp: string | undefined;

  /** @param whenLeft called when nobody listens any more, and nobody can any more */
  constructor(log: NatsLog, whenLeft: () => void) {
    this.#log = log;
    this.#whenLeft = whenLeft;
    this.#started.promise.catch(() => {}); // told to who joins
    this.#done = this.#follow();
  }

  /**
   * Listens to a channel from now on.
   *
   * @throws Error where NATS does not answer
   */
  async join(token: string, listener: BusListener): Promise<AsyncDisposable> {
    this.#users++;
    try {
      await this.#started.promise;
      // What lies before this is not heard, even if the line has still to bring it.
      const { created, last } = await this.#log.state();
      // Numbers of two streams: the lower one leaves out nothing.
      const from = created === this.#created ? last : Math.min(last, this.#last);
      const all = this.#listening.get(token) ?? new Set();
      this.#listening.set(token, all);
      const listening = new Listening(listener, from, async () => {
        if (!all.delete(listening)) return;
        if (all.size === 0) this.#listening.delete(token);
        await this.#leave();
      });
      all.add(listening);
      return listening;
    } catch (error) {
      await this.#leave();
      throw error;
    }
  }

  take({ seq, stamp }: Place, message: NatsMessage): void {
    // The last one once more, to see that it is still the same.
    if (seq === this.#last && stamp === this.#stamp) return;
    if (seq !== this.#last + 1) this.#miss(seq - 1);
    this.#last = seq;
    this.#stamp = stamp;
    const now = performance.now(), token = this.#log.token(message);
    this.#parts.expire(now);
    const all = this.#listening.get(token);
    if (all === undefined) return;
    const header = message.headers?.get(PART) ?? "";
    const data = header === "" ? message.data : this.#parts.add(token, header, message.data, now);
    const messages = data === undefined ? undefined : decode(data);
    if (messages === undefined) return;
    for (const listening of all) listening.hear(seq, messages);
  }

  rest(seq: number): void {
    if (seq > this.#last) this.#miss(seq);
    this.#parts.expire(performance.now());
  }

  async #leave(): Promise<void> {
    if (--this.#users > 0) return;
    this.#whenLeft();
    this.#isEnded = true;
    this.#line?.end();
    this.#wake();
    await this.#done;
  }

  async #follow(): Promise<void> {
    for (let tried = 0;; tried++) {
      try {
        if (await this.#hear()) tried = 0;
      } catch (error) {
        // Nobody waits for the later ones, which are tried again until one is there.
        if (this.#line === undefined) return this.#started.reject(error);
      }
      if (this.#isEnded) return;
      if (this.#log.isClosed) return this.#tellAll();
      await this.#pause(Math.min(PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS));
    }
  }

  /** @returns whether anything was heard over this line */
  async #hear(): Promise<boolean> {
    await using line = new Line(this.#log, this);
    await line.open(await this.#from());
    this.#line = line;
    this.#started.resolve();
    if (this.#isEnded) line.end();
    await line.over;
    return line.hasLived;
  }

  /** Looks at the stream, and finds the number from which to go on. */
  async #from(): Promise<number> {
    const { created, first, last } = await this.#log.state(REQUEST_MS);
    if (this.#created === undefined) {
      this.#created = created;
      this.#last = last;
      return last + 1;
    }
    if (created !== this.#created || last < this.#last) {
      this.#created = created;
      this.#miss(last);
    } else if (first > this.#last + 1) {
      // The consumer would say so, too, when it has nothing else to say.
      this.#miss(first - 1);
    }
    this.#parts.touch(performance.now());
    return this.#stamp === undefined ? this.#last + 1 : this.#last;
  }

  /** Goes on behind a number, and says so. */
  #miss(last: number): void {
    this.#last = last;
    this.#stamp = undefined;
    this.#parts.clear();
    for (const all of this.#listening.values()) for (const { restart } of all) restart(last);
    this.#tellAll();
  }

  #tellAll(): void {
    for (const token of this.#listening.keys()) this.#lose(token);
  }

  #lose(token: string): void {
    for (const listening of this.#listening.get(token) ?? []) listening.gap();
  }

  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = systemClock.after(ms, resolve);
    this.#wake = () => {
      cancel();
      resolve();
    };
    return promise;
  }
}

class Listening implements AsyncDisposable {
  readonly #listener: BusListener;
  readonly #leave: () => Promise<void>;
  #from: number;
  #isEnded = false;

  constructor(listener: BusListener, from: number, leave: () => Promise<void>) {
    this.#listener = listener;
    this.#from = from;
    this.#leave = leave;
  }

  /** The numbers go on from here. */
  readonly restart = (last: number): void => void (this.#from = Math.min(this.#from, last));

  // In a task of its own: what a listener does is no part of the client's reading.
  hear(seq: number, messages: readonly Message[]): void {
    if (seq <= this.#from) return;
    queueMicrotask(() => {
      for (const message of messages) if (!this.#isEnded) this.#listener.hear(message);
    });
  }

  gap(): void {
    queueMicrotask(() => {
      if (!this.#isEnded) this.#listener.gap();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    await this.#leave();
  }
}
