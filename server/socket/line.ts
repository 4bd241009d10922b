/**
 * One socket of an app, whatever is spoken on it: how it is listened to, sent to and ended, and what a peer may cost us.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import { Close } from "../../protocol/markers.ts";
import type { Logger } from "../observe.ts";
import { agesOf, type Aging } from "./_ages.ts";
import type { Bucket } from "./bucket.ts";

/** What a line needs of a `WebSocket`. */
export interface Socket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  /** What binary messages come as. A socket in memory has none. */
  binaryType?: "blob" | "arraybuffer";
  send(text: string): void;
  close(code: number, reason: string): void;
  addEventListener(type: SocketEvent, listener: EventListenerObject): void;
  removeEventListener(type: SocketEvent, listener: EventListenerObject): void;
}

type SocketEvent = "open" | "message" | "close" | "error";

const OPEN = 1;

/** The close code of a socket that ended without one. */
const ABNORMAL = 1006;

/** Milliseconds between two looks at what a slow reader has read. */
const LOOK = 100;

/**
 * A socket. Thousands are open and idle: what each of them keeps, it needs. What is said on it is a subclass's affair, which
 * is told by its own methods: a handler of its own for each would cost every one of them a closure.
 */
export abstract class Line implements EventListenerObject, Aging {
  readonly #socket: Socket;
  protected readonly limits: Limits;
  protected readonly clock: Clock;
  readonly #log: Logger;
  readonly #bucket: Bucket;
  /** When it is old enough; 0 until it begins to age. */
  endsAt = 0;
  /** Cancels the wait for what has to come in time. */
  #timer: (() => void) | undefined;
  /** Made when somebody waits for it. */
  #gone: PromiseWithResolvers<void> | undefined;
  #isGone = false;
  /** What waits until the other end has read what was sent. */
  #waiting: Set<() => void> | undefined;
  #look: (() => void) | undefined;
  /** Bytes that the other end had yet to read when it was last asked. */
  #buffered = 0;
  /** Bytes that were sent; `undefined` where nobody counts. */
  #sent: number | undefined;
  #closed = false;
  #early: { code: number; reason: string } | undefined;

  /**
   * @param socket fresh from the upgrade: not yet open
   * @param bucket how many messages may come
   */
  constructor(socket: Socket, limits: Limits, clock: Clock, log: Logger, bucket: Bucket) {
    this.#socket = socket;
    this.limits = limits;
    this.clock = clock;
    this.#log = log;
    this.#bucket = bucket;
  }

  /** It is open. Not called where it was closed before. */
  protected opened(): void {}

  /** A message has come. */
  protected abstract received(data: unknown): void | Promise<void>;

  /** A message has come that is one too many, and was not looked at. */
  protected abstract flooded(): void;

  /**
   * It has ended, by whomever; called once, also where it was never open.
   *
   * @param code the close code: that of whoever was first
   */
  protected abstract ended(code: number): void | Promise<void>;

  /**
   * Begins to listen.
   *
   * @param ms until when it has to be {@linkcode settle}d. It counts from now on, not from the open event: where the client
   * goes away during the upgrade, Deno tells of nothing
   */
  protected listen(ms: number, late: string): void {
    // One listener for all: a handler of its own for each event costs a page 2 KB.
    for (const type of ["open", "message", "close", "error"] as const) {
      this.#socket.addEventListener(type, this);
    }
    this.#timer = this.clock.after(ms, () => this.close(Close.policy, late));
  }

  /** What had to come in time has come; from now on it ages. */
  protected settle(): void {
    if (this.#closed || this.endsAt !== 0) return;
    this.#timer?.();
    this.#timer = undefined;
    agesOf(this.clock, this.limits.socketAge).add(this);
  }

  /** Something has happened to the socket. */
  handleEvent(event: Event): void {
    switch (event.type) {
      case "message":
        // An exception that leaves a socket's handler would end the process for everybody.
        return this.guard(() => this.#take((event as MessageEvent).data));
      case "open":
        return this.#open();
      default:
        // Deno tells of one end twice at times: an error and a close, or two closes.
        this.#isGone = true;
        this.#gone?.resolve();
        this.#end((event as Partial<CloseEvent>).code ?? ABNORMAL);
    }
  }

  /** Done when the other end has heard of the end too, or is not there to hear of it. */
  get gone(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    return (this.#gone ??= Promise.withResolvers()).promise;
  }

  /** Whether something can still be sent. */
  get open(): boolean {
    return !this.#closed && this.#socket.readyState === OPEN;
  }

  /** Bytes that were sent, as long as somebody counts. */
  get sent(): number {
    return this.#sent ?? 0;
  }

  /** From now on what is sent is counted. */
  countSent(): void {
    this.#sent ??= 0;
  }

  /** Sends a text; silently nothing on a socket that is gone. Who is too far behind in reading is closed. */
  sendText(text: string): void {
    if (!this.open) return;
    this.#socket.send(text);
    if (this.#sent !== undefined) this.#sent += new TextEncoder().encode(text).length;
    this.#buffered = this.#socket.bufferedAmount;
    if (this.#buffered > this.limits.buffered) {
      this.close(Close.behind, "Too far behind in reading.");
    }
  }

  /**
   * Whether the other end is so far behind that nothing is sent that can wait. A socket is asked after each message; one
   * that was not behind then has been sent nothing since.
   */
  protected get lags(): boolean {
    const { watermark } = this.limits;
    if (this.#buffered > watermark) this.#buffered = this.#socket.bufferedAmount;
    return this.#buffered > watermark;
  }

  /** Runs something, once, when the other end is not behind any more. One that stays so is closed. */
  whenRead(run: () => void): void {
    if (this.#closed) return;
    if (this.#waiting !== undefined) {
      this.#waiting.add(run);
      return;
    }
    this.#waiting = new Set([run]);
    const { watermark, stuck } = this.limits;
    let last = this.#socket.bufferedAmount, since = this.clock.now();
    // A socket does not say when it has drained.
    const look = () => {
      if (this.#closed) return;
      const { bufferedAmount } = this.#socket;
      if (bufferedAmount <= watermark) {
        const waiting = this.#waiting;
        this.#waiting = undefined;
        for (const run of waiting ?? []) this.guard(run);
        return;
      }
      const now = this.clock.now();
      if (bufferedAmount < last) since = now;
      last = bufferedAmount;
      if (now - since >= stuck) return this.close(Close.behind, "Has not read for too long.");
      this.#look = this.clock.after(LOOK, look);
    };
    this.#look = this.clock.after(LOOK, look);
  }

  /** It is old enough. */
  end(): void {
    this.close(Close.age, "Old enough; come back.");
  }

  /** Ends the connection. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    if (this.#socket.readyState === OPEN) this.#socket.close(code, reason);
    // The server stops between the upgrade and the open event: there is nothing to close yet.
    else if (this.#socket.readyState < OPEN) this.#early = { code, reason };
    this.#end(code);
  }

  /** Runs a handler: what it throws or rejects with is logged, and harms nobody else. */
  protected guard(run: () => void | Promise<void>): void {
    try {
      run()?.catch((error) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  #open(): void {
    // An upgrade that fails tells of an error alone; of a socket that is open, the close is told in any case.
    this.#socket.removeEventListener("open", this);
    this.#socket.removeEventListener("error", this);
    if (this.#early !== undefined) this.#socket.close(this.#early.code, this.#early.reason);
    else this.guard(() => this.opened());
  }

  #take(data: unknown): void | Promise<void> {
    if (this.#closed) return;
    return this.#bucket.take() ? this.received(data) : this.flooded();
  }

  #failed(error: unknown): void {
    this.#log.error("a socket's handler failed", error);
  }

  #end(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.();
    this.#timer = undefined;
    if (this.endsAt !== 0) agesOf(this.clock, this.limits.socketAge).delete(this);
    this.#look?.();
    this.#waiting = undefined;
    this.guard(() => this.ended(code));
  }
}
