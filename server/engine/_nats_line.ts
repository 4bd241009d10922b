/**
 * One consumer of a bus's stream, for as long as nothing is missed: its messages are numbered, and it is heard every
 * second.
 *
 * @module
 */

import { systemClock } from "../../protocol/clock.ts";
import type { NatsMessage } from "./_nats_connection.ts";
import { HEARTBEAT_MS, type NatsLog } from "./_nats_log.ts";

/** After such a silence the consumer is taken for lost. */
const SILENCE_MS = 3 * HEARTBEAT_MS;

/** After this long without an answer a request has failed. */
export const REQUEST_MS = 2_000;

/** A message's place in the stream. */
export interface Place {
  readonly seq: number;
  /** When it was stored; another message that comes to have the same number has another. */
  readonly stamp: string;
}

/** What a line leads to. */
export interface Receiver {
  /** A message of the stream. */
  take(place: Place, message: NatsMessage): void;
  /** There is nothing more for now, up to this number. */
  rest(seq: number): void;
}

/** A consumer, from its making until something is wrong with it. */
export class Line implements AsyncDisposable {
  readonly #log: NatsLog;
  readonly #receiver: Receiver;
  readonly #name = `bus-${crypto.randomUUID()}`;
  readonly #over = Promise.withResolvers<void>();
  #unsubscribe = () => {};
  #cancel = () => {};
  #isOver = false;
  #isThere = false;
  #hasLived = false;
  #expected = 1;
  #seenAt = performance.now();
  #isStalled = false;

  constructor(log: NatsLog, receiver: Receiver) {
    this.#log = log;
    this.#receiver = receiver;
  }

  /** Resolves when something is wrong, or when it was ended. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Whether anything was heard. */
  get hasLived(): boolean {
    return this.#hasLived;
  }

  /**
   * Begins at a number of the stream.
   *
   * @throws Error where it cannot
   */
  async open(from: number): Promise<void> {
    const { inbox, unsubscribe } = this.#log.receive((error, message) => this.#receive(error, message));
    this.#unsubscribe = unsubscribe;
    await this.#log.follow(this.#name, inbox, from, REQUEST_MS);
    this.#isThere = true;
    this.#seenAt = performance.now();
    if (!this.#isOver) this.#watch(SILENCE_MS); // what has come meanwhile may have ended it
  }

  /** Nothing is heard from here on. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancel();
    this.#unsubscribe();
    this.#over.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    if (!this.#isThere || this.#log.isClosed) return;
    // If nobody answers, the server ends it by itself: nobody receives what it sends.
    await this.#log.forget(this.#name, REQUEST_MS).catch(() => {});
  }

  #watch(ms: number): void {
    this.#cancel = systemClock.after(ms, () => {
      const silence = performance.now() - this.#seenAt;
      if (silence < SILENCE_MS) return this.#watch(SILENCE_MS - silence);
      this.#isThere = false;
      this.end();
    });
  }

  #receive(error: Error | null, message: NatsMessage): void {
    if (this.#isOver) return;
    if (error !== null) return this.end();
    this.#hasLived = true;
    this.#seenAt = performance.now();
    const found = placeOf(message.reply, this.#name);
    if (found === undefined) return this.#control(message);
    if (found.number !== this.#expected) return this.end();
    this.#expected++;
    this.#isStalled = false;
    this.#receiver.take(found.place, message);
  }

  #control({ headers, reply }: NatsMessage): void {
    if (headers === undefined) return; // somebody else's
    // 409: the server says itself that it has ended.
    if (headers.code !== 100) return this.end();
    const stalled = headers.get("Nats-Consumer-Stalled");
    if (reply) return this.#goOn(reply);
    if (stalled !== "") {
      // It waits for an answer that it does not get. Another one begins without.
      if (this.#isStalled) return this.end();
      this.#isStalled = true;
      return this.#goOn(stalled);
    }
    if (Number(headers.get("Nats-Last-Consumer")) !== this.#expected - 1) return this.end();
    this.#receiver.rest(Number(headers.get("Nats-Last-Stream")));
  }

  #goOn(subject: string): void {
    try {
      this.#log.goOn(subject);
    } catch {
      this.end(); // the connection is being closed
    }
  }
}

/**
 * Reads `$JS.ACK.STREAM.CONSUMER.DELIVERIES.SEQ.NUMBER.TIME.PENDING`, after `ACK` with the domain and the account on
 * newer servers. `undefined` for what is no message of this consumer.
 */
export function placeOf(
  reply: string | undefined,
  consumer: string,
): { readonly place: Place; readonly number: number } | undefined {
  if (!reply?.startsWith("$JS.ACK.")) return undefined;
  const tokens = reply.split("."), at = tokens.length === 9 ? 3 : 5;
  const [name, , seq, number, stamp] = tokens.slice(at);
  if (name !== consumer || stamp === undefined) return undefined;
  return { place: { seq: Number(seq), stamp }, number: Number(number) };
}
