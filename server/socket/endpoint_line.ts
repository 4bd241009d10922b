/**
 * One socket of an endpoint: messages in, of any protocol; texts out; how much of a protocol a stranger may speak.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { fits } from "../../protocol/codec.ts";
import type { Limits } from "../../protocol/limits.ts";
import { Close } from "../../protocol/markers.ts";
import type { Transport } from "../../socksync/transport.ts";
import type { Logger } from "../observe.ts";
import { Bucket } from "./bucket.ts";
import { Line, type Socket } from "./line.ts";

/** Who hears what comes in. What throws or rejects is logged; it harms nobody else. */
export interface LineHandlers {
  /** A message has come, of a size that is allowed: a text, or the bytes of a binary one as an `ArrayBuffer`. */
  message(data: unknown): void | Promise<void>;
  /**
   * The socket is gone; called once.
   *
   * @param code the close code; 1005 where it was ended without one, 1006 where it was cut
   */
  closed(code: number): void | Promise<void>;
  /**
   * A message was not looked at: it is too large, which ends the line, or one too many.
   *
   * @returns what the protocol says of that, to be sent; nothing where left out
   */
  refuse?(code: "too_large" | "rate"): string | undefined;
}

/** How many messages may come. */
export interface MessageRate {
  /** Sustained. */
  readonly perSecond: number;
  /** At once, before that counts. */
  readonly burst: number;
}

/**
 * Milliseconds in which refusals for the rate are counted together. A page's are counted as long as its socket lives: the
 * browser's script keeps within the rate by itself. Here anybody's program speaks, which does not know of the rate, and may
 * stay for half a day: three times a burst too much on such a day is no attack. In this time an empty bucket has filled
 * more than twice, so that whoever still is over the rate does not slow down when told.
 */
const LATELY = 10_000;

/** A socket of an endpoint. It is the transport of whatever protocol is spoken on it. */
export class EndpointLine extends Line implements Transport {
  #connect: (() => LineHandlers) | undefined;
  #ended: (() => void) | undefined;
  #handlers: LineHandlers | undefined;
  /** With which it has ended. */
  #code = 0;
  /** When messages were refused for the rate of late. */
  #refusals: readonly number[] = none;

  /** @param socket fresh from the upgrade: not yet open */
  constructor(socket: Socket, limits: Limits, clock: Clock, log: Logger, rate: MessageRate) {
    super(socket, limits, clock, log, new Bucket(rate.perSecond, rate.burst, clock));
    // The bytes of a blob come later, and what came after it would be looked at before.
    socket.binaryType = "arraybuffer";
  }

  /**
   * Begins to listen.
   *
   * @param connect is called when it is open, so that what is sent from then on is sent. Where it throws, the line is closed
   * @param ended is called once, in any case, before the handlers hear of the end
   */
  start(connect: () => LineHandlers, ended: () => void): void {
    this.#connect = connect;
    this.#ended = ended;
    this.listen(this.limits.firstFrame, "Has not opened in time.");
  }

  /** Sends a text; silently nothing on a socket that is gone. Who is too far behind in reading is closed. */
  send(text: string): void {
    this.sendText(text);
  }

  /**
   * Whether the other end is so far behind that nothing is sent that can wait.
   *
   * @param whenRead is called once, when it is not any more; given again meanwhile, it is called once all the same
   */
  isBehind(whenRead: () => void): boolean {
    if (!this.lags) return false;
    this.whenRead(whenRead);
    return true;
  }

  protected override opened(): void {
    this.settle();
    const connect = this.#connect!;
    this.#connect = undefined; // and what it knows of the request
    let handlers: LineHandlers;
    try {
      handlers = connect();
    } catch (error) {
      this.close(Close.failed, "Could not be begun; come back.");
      throw error;
    }
    if (!this.open) return this.guard(() => handlers.closed(this.#code)); // it has closed what it was given
    this.#handlers = handlers;
  }

  protected override received(data: unknown): void | Promise<void> {
    const { frame } = this.limits;
    if (isWithin(data, frame)) return this.#handlers?.message(data);
    try {
      this.#refuse("too_large");
    } finally {
      this.close(Close.tooLarge, `A message has at most ${frame} bytes.`);
    }
  }

  protected override flooded(): void {
    const now = this.clock.now();
    this.#refusals = [...this.#refusals.filter((at) => now - at < LATELY), now];
    try {
      this.#refuse("rate");
    } finally {
      if (this.#refusals.length >= this.limits.refusals) this.close(Close.policy, "Too many messages.");
    }
  }

  protected override ended(code: number): void | Promise<void> {
    this.#code = code;
    this.#connect = undefined;
    this.#ended?.();
    return this.#handlers?.closed(code);
  }

  #refuse(code: "too_large" | "rate"): void {
    const text = this.#handlers?.refuse?.(code);
    if (text !== undefined) this.send(text);
  }
}

function isWithin(data: unknown, bytes: number): boolean {
  return typeof data === "string" ? fits(data, bytes) : (data as ArrayBuffer).byteLength <= bytes;
}

const none: readonly number[] = [];
