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
import { Bucket } from "./bucket.ts";

/** What a connection needs of a `WebSocket`. */
export type Socket = Pick<
  WebSocket,
  "send" | "close" | "readyState" | "bufferedAmount" | "onopen" | "onmessage" | "onclose" | "onerror"
>;

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

/** A page socket. */
export class Connection {
  readonly #socket: Socket;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #bucket: Bucket;
  /** Cancels what ends the connection in time: first the wait for a frame, then its age. */
  #timer: (() => void) | undefined;
  readonly #gone = Promise.withResolvers<void>();
  #handlers: FrameHandlers | undefined;
  /** What waits until the other end has read what was sent. */
  #waiting: Set<() => void> | undefined;
  #look: (() => void) | undefined;
  /** Bytes that the other end had yet to read when it was last asked. */
  #buffered = 0;
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
    this.#socket.onopen = () => {
      if (this.#early !== undefined) this.#socket.close(this.#early.code, this.#early.reason);
    };
    // From now on, not from the open event: where the client goes away during the upgrade, Deno tells of nothing.
    this.#timer = this.#clock.after(
      this.#limits.firstFrame,
      () => this.close(Close.policy, "No first frame in time."),
    );
    // An exception that leaves a socket's handler would end the process for everybody.
    this.#socket.onmessage = (event) => this.#guard(() => this.#receive(event.data));
    // Deno tells of one end twice at times: an error and a close, or two closes.
    this.#socket.onclose = this.#socket.onerror = () => {
      this.#gone.resolve();
      this.#end();
    };
  }

  /** Done when the other end has heard of the end too, or is not there to hear of it. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Whether frames can still be sent. */
  get open(): boolean {
    return !this.#closed && this.#socket.readyState === OPEN;
  }

  /** Sends a frame; silently nothing on a socket that is gone, since its page will resync. */
  send(frame: ServerFrame): void {
    this.sendText(writeFrame(frame));
  }

  /** Sends a frame that is text already. */
  sendText(text: string): void {
    if (!this.open) return;
    this.#socket.send(text);
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
    this.#timer = this.#clock.after(
      this.#limits.socketAge,
      () => this.close(Close.age, "Old enough; come back."),
    );
  }

  /** Ends the connection. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    if (this.#socket.readyState === OPEN) this.#socket.close(code, reason);
    // The server stops between the upgrade and the open event: there is nothing to close yet.
    else if (this.#socket.readyState < OPEN) this.#early = { code, reason };
    this.#end();
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
    const failed = (error: unknown) => this.#log.error("a socket's handler failed", error);
    try {
      run()?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.();
    this.#timer = undefined;
    this.#look?.();
    this.#waiting = undefined;
    this.#guard(() => this.#handlers?.closed());
  }
}
