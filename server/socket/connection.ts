/**
 * One page socket: frames in, checked; frames out, counted; every limit of a connection.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { readClientFrame, writeFrame } from "../../protocol/codec.ts";
import { WireError } from "../../protocol/errors.ts";
import type { ClientFrame, ServerFrame } from "../../protocol/frames.ts";
import type { Limits } from "../../protocol/limits.ts";
import { Close } from "../../protocol/markers.ts";
import type { Logger } from "../observe.ts";
import { agesOf, type Aging } from "./_ages.ts";
import { Bucket } from "./bucket.ts";

/** What a connection needs of a `WebSocket`. */
export interface Socket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  addEventListener(type: SocketEvent, listener: EventListenerObject): void;
  removeEventListener(type: SocketEvent, listener: EventListenerObject): void;
}

type SocketEvent = "open" | "message" | "close" | "error";

/** Who hears what comes in. A rejection is logged; it harms nobody else. */
export interface FrameHandlers {
  /** A frame has come; `text` is the frame as it came. */
  frame(frame: ClientFrame, text: string): void | Promise<void>;
  /** The socket is gone; called once. */
  closed(): void | Promise<void>;
}

const OPEN = 1;

/** Milliseconds between two looks at what a slow reader has read. */
const LOOK = 100;

/** A page socket. Thousands are open and idle: what each of them keeps, it needs. */
export class Connection implements EventListenerObject, Aging {
  readonly #socket: Socket;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #bucket: Bucket;
  /** When it is old enough. */
  endsAt = 0;
  /** Cancels the wait for the first frame. */
  #timer: (() => void) | undefined;
  /** Made when somebody waits for it. */
  #gone: PromiseWithResolvers<void> | undefined;
  #isGone = false;
  #handlers: FrameHandlers | undefined;
  /** What waits until the other end has read what was sent. */
  #waiting: Set<() => void> | undefined;
  #look: (() => void) | undefined;
  /** Bytes that the other end had yet to read when it was last asked. */
  #buffered = 0;
  /** Bytes that were sent; `undefined` where nobody counts. */
  #sent: number | undefined;
  #refused = 0;
  #greeted = false;
  #closed = false;
  #early: { code: number; reason: string } | undefined;

  /** @param socket fresh from the upgrade: not yet open */
  constructor(socket: Socket, limits: Limits, clock: Clock, log: Logger) {
    this.#socket = socket;
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
    this.#bucket = new Bucket(limits.framesPerSecond, limits.frameBurst, clock);
  }

  /** Begins to listen. */
  start(handlers: FrameHandlers): void {
    this.#handlers = handlers;
    // One listener for all: a handler of its own for each event costs a page 2 KB.
    for (const type of ["open", "message", "close", "error"] as const) {
      this.#socket.addEventListener(type, this);
    }
    // From now on, not from the open event: where the client goes away during the upgrade, Deno tells of nothing.
    this.#timer = this.#clock.after(
      this.#limits.firstFrame,
      () => this.close(Close.policy, "No first frame in time."),
    );
  }

  /** Something has happened to the socket. */
  handleEvent(event: Event): void {
    switch (event.type) {
      case "message":
        // An exception that leaves a socket's handler would end the process for everybody.
        return this.#guard(() => this.#receive((event as MessageEvent).data));
      case "open":
        return this.#opened();
      default:
        // Deno tells of one end twice at times: an error and a close, or two closes.
        this.#isGone = true;
        this.#gone?.resolve();
        this.#end();
    }
  }

  /** Done when the other end has heard of the end too, or is not there to hear of it. */
  get gone(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    return (this.#gone ??= Promise.withResolvers()).promise;
  }

  /** Whether frames can still be sent. */
  get open(): boolean {
    return !this.#closed && this.#socket.readyState === OPEN;
  }

  /** Sends a frame; silently nothing on a socket that is gone, since its page will resync. */
  send(frame: ServerFrame): void {
    this.sendText(writeFrame(frame));
  }

  /** Bytes that were sent, as long as somebody counts. */
  get sent(): number {
    return this.#sent ?? 0;
  }

  /** From now on what is sent is counted. */
  countSent(): void {
    this.#sent ??= 0;
  }

  /** Sends a frame that is text already. */
  sendText(text: string): void {
    if (!this.open) return;
    this.#socket.send(text);
    if (this.#sent !== undefined) this.#sent += new TextEncoder().encode(text).length;
    this.#buffered = this.#socket.bufferedAmount;
    if (this.#buffered > this.#limits.buffered) {
      this.close(Close.behind, "Too far behind in reading.");
    }
  }

  /**
   * Whether the other end is so far behind that nothing is sent that can wait. A socket is asked after each frame; one
   * that was not behind then has been sent nothing since.
   */
  get isBehind(): boolean {
    const { watermark } = this.#limits;
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
    const { watermark, stuck } = this.#limits;
    let last = this.#socket.bufferedAmount, since = this.#clock.now();
    // A socket does not say when it has drained.
    const look = () => {
      if (this.#closed) return;
      const { bufferedAmount } = this.#socket;
      if (bufferedAmount <= watermark) {
        const waiting = this.#waiting;
        this.#waiting = undefined;
        for (const run of waiting ?? []) this.#guard(run);
        return;
      }
      const now = this.#clock.now();
      if (bufferedAmount < last) since = now;
      last = bufferedAmount;
      if (now - since >= stuck) return this.close(Close.behind, "Has not read for too long.");
      this.#look = this.#clock.after(LOOK, look);
    };
    this.#look = this.#clock.after(LOOK, look);
  }

  /**
   * Answers a frame that was not looked at further. A call whose number could be read has its own answer; what has
   * none ends the connection in the end, at once where it is too large.
   */
  refuse(error: WireError): void {
    this.send(["error", error.n, error.code, error.message]);
    if (error.n > 0) return;
    if (error.code === "too_large") return this.close(Close.tooLarge, error.message);
    if (++this.#refused >= this.#limits.refusals) this.close(Close.policy, "Refused too often.");
  }

  /** The first frame has come. */
  greet(): void {
    if (this.#closed || this.#greeted) return;
    this.#greeted = true;
    this.#timer?.();
    this.#timer = undefined;
    agesOf(this.#clock, this.#limits.socketAge).add(this);
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
    this.#end();
  }

  #opened(): void {
    // An upgrade that fails tells of an error alone; of a socket that is open, the close is told in any case.
    this.#socket.removeEventListener("open", this);
    this.#socket.removeEventListener("error", this);
    if (this.#early !== undefined) this.#socket.close(this.#early.code, this.#early.reason);
  }

  #receive(data: unknown): void | Promise<void> {
    if (this.#closed) return;
    if (!this.#bucket.take()) return this.refuse(new WireError("rate"));
    let frame: ClientFrame;
    try {
      frame = readClientFrame(data, this.#limits);
    } catch (error) {
      if (error instanceof WireError) return this.refuse(error);
      throw error;
    }
    if (frame[0] === "ping") return this.send(["pong"]);
    return this.#handlers!.frame(frame, data as string);
  }

  #guard(run: () => void | Promise<void>): void {
    try {
      run()?.catch((error) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#log.error("a socket's handler failed", error);
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.();
    this.#timer = undefined;
    if (this.#greeted) agesOf(this.#clock, this.#limits.socketAge).delete(this);
    this.#look?.();
    this.#waiting = undefined;
    this.#guard(() => this.#handlers?.closed());
  }
}
