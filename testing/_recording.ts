/**
 * What goes over a page's line: counted, and remembered until the next action.
 *
 * @module
 */

import { readServerFrame } from "../protocol/codec.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { ClientFrame, ServerFrame } from "../protocol/frames.ts";
import { Close } from "../protocol/markers.ts";
import type { Operation } from "../protocol/operations.ts";

/**
 * Why a call has failed, as its page was told.
 *
 * @example
 * ```ts
 * import type { FailedCall } from "@argyle/argyle/testing";
 * const sentence = ({ code, message }: FailedCall) => `${code}: ${message}`;
 * sentence({ code: "halted", message: "There is no such row any more." });
 * ```
 */
export interface FailedCall {
  /** The code, for programs. */
  readonly code: ErrorCode;
  /** The sentence for the person. */
  readonly message: string;
  /** Sentences by field, where the code is `invalid`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** `Class#method`; `undefined` where it was no call that failed. */
  readonly reflex?: string | undefined;
}

/**
 * What has gone over a page's line since its last action began. Bytes are those of the frames as UTF-8, without what
 * WebSocket adds (2 to 4 bytes down, 6 to 8 up).
 *
 * @example
 * ```tsx
 * import { App, on, Reflex } from "@argyle/argyle";
 * import { type Exchange, open } from "@argyle/argyle/testing";
 * class Counter extends Reflex {
 *   increment() {
 *     this.session.count = (this.session.count ?? 0) + 1;
 *   }
 * }
 * const app = new App();
 * app.reflexes({ Counter });
 * app.page("/", ({ session }) => <button id="n" {...on("click", Counter, "increment")}>{session.count ?? 0}</button>);
 *
 * await using ann = await open(app, "/");
 * await ann.click("#n");
 * const { down, operations }: Exchange = ann.last;
 * console.assert(down === 34 && JSON.stringify(operations) === '[["text","n","1"]]');
 * ```
 */
export interface Exchange {
  /** Bytes that the page has sent. */
  readonly up: number;
  /** Bytes that it was sent. */
  readonly down: number;
  /** What it was told to change, in order. */
  readonly operations: readonly Operation[];
  /** The call that failed last; `undefined` where none did. */
  readonly error: FailedCall | undefined;
  /** Every frame, both ways, in order. */
  readonly frames: readonly (ClientFrame | ServerFrame)[];
}

/** Reads along. */
export class Recording {
  #up = 0;
  #down = 0;
  #operations: Operation[] = [];
  #frames: (ClientFrame | ServerFrame)[] = [];
  #error: FailedCall | undefined;
  /** What the calls of this visit that have no outcome yet have called. */
  readonly #pending = new Map<number, string>();
  #greeting = false;
  /** The id of the page that is being gone to. */
  #visiting: number | undefined;

  /** Whether an outcome is due, or another page, or the answer to a `hello`. */
  get isBusy(): boolean {
    return this.#greeting || this.#visiting !== undefined || this.#pending.size > 0;
  }

  /** What has been called and has no outcome yet. */
  get pending(): readonly string[] {
    return [...this.#pending.values()];
  }

  /** What has gone over the line since the last action began. */
  get exchange(): Exchange {
    return {
      up: this.#up,
      down: this.#down,
      operations: [...this.#operations],
      error: this.#error,
      frames: [...this.#frames],
    };
  }

  /** An action begins. */
  begin(): void {
    this.#up = this.#down = 0;
    this.#operations = [];
    this.#frames = [];
    this.#error = undefined;
  }

  /** Another visit begins: nobody will answer what the last one has asked. */
  restart(): void {
    this.#pending.clear();
    this.#visiting = undefined;
  }

  /** The page has sent a frame. */
  up(text: string): void {
    const frame = JSON.parse(text) as ClientFrame;
    this.#up += bytesOf(text);
    this.#frames.push(frame);
    if (frame[0] === "hello") this.#greeting = true;
    if (frame[0] === "call") this.#pending.set(frame[1], frame[3]);
    if (frame[0] === "visit" && frame[3] === undefined) this.#visiting = frame[1];
  }

  /** The page was sent a frame. */
  down(text: string): void {
    const frame = readServerFrame(text);
    this.#down += bytesOf(text);
    this.#frames.push(frame);
    switch (frame[0]) {
      case "ready":
      case "resync":
        this.#greeting = false;
        return;
      case "patch":
        this.#operations.push(...frame[2]);
        if (frame[3] !== undefined) this.#pending.delete(frame[3][0]);
        return;
      case "done":
        this.#pending.delete(frame[1]);
        return;
      case "page":
        this.#operations.push(...frame[5]);
        if (frame[1] === this.#visiting) this.#visiting = undefined;
        return;
      case "go":
        this.#visiting = undefined;
        return;
      case "error": {
        const [, n, code, message, fields] = frame;
        this.#error = { code, message, fields, reflex: this.#pending.get(n) };
        this.#pending.delete(n);
      }
    }
  }

  /** The line is gone. */
  ended(code: number): void {
    this.#greeting = false;
    this.#visiting = undefined;
    // The page gives up what it had asked over a line that was closed for what came over it.
    if (code === Close.policy || code === Close.tooLarge) this.#pending.clear();
  }

  /** The page says that a call has failed: the browser's half has refused it, or given it up. */
  failed({ code, message, fields, reflex }: FailedCall): void {
    this.#error = { code, message, fields, reflex };
  }
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
