/**
 * One page socket: frames in, checked; frames out; what a browser's script may get wrong.
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
import { Line, type Socket } from "./line.ts";

/** Who hears what comes in. A rejection is logged; it harms nobody else. */
export interface FrameHandlers {
  /** A frame has come; `text` is the frame as it came. */
  frame(frame: ClientFrame, text: string): void | Promise<void>;
  /** The socket is gone; called once. */
  closed(): void | Promise<void>;
}

/** A page socket. */
export class Connection extends Line {
  #handlers: FrameHandlers | undefined;
  #refused = 0;

  /** @param socket fresh from the upgrade: not yet open */
  constructor(socket: Socket, limits: Limits, clock: Clock, log: Logger) {
    super(socket, limits, clock, log, new Bucket(limits.framesPerSecond, limits.frameBurst, clock));
  }

  /** Begins to listen. The first frame has to come in time. */
  start(handlers: FrameHandlers): void {
    this.#handlers = handlers;
    this.listen(this.limits.firstFrame, "No first frame in time.");
  }

  /** Sends a frame; silently nothing on a socket that is gone, since its page will resync. */
  send(frame: ServerFrame): void {
    this.sendText(writeFrame(frame));
  }

  /** Whether the browser is so far behind that nothing is sent that can wait. */
  get isBehind(): boolean {
    return this.lags;
  }

  /**
   * Answers a frame that was not looked at further. A call whose number could be read has its own answer; what has
   * none ends the connection in the end, at once where it is too large.
   */
  refuse(error: WireError): void {
    this.send(["error", error.n, error.code, error.message]);
    if (error.n > 0) return;
    if (error.code === "too_large") return this.close(Close.tooLarge, error.message);
    if (++this.#refused >= this.limits.refusals) this.close(Close.policy, "Refused too often.");
  }

  /** The first frame has come. */
  greet(): void {
    this.settle();
  }

  protected override received(data: unknown): void | Promise<void> {
    let frame: ClientFrame;
    try {
      frame = readClientFrame(data, this.limits);
    } catch (error) {
      if (error instanceof WireError) return this.refuse(error);
      throw error;
    }
    if (frame[0] === "ping") return this.send(["pong"]);
    return this.#handlers!.frame(frame, data as string);
  }

  protected override flooded(): void {
    this.refuse(new WireError("rate"));
  }

  protected override ended(): void | Promise<void> {
    return this.#handlers?.closed();
  }
}
