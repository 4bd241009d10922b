/**
 * A page without a browser: it gets the page, opens its socket, and calls.
 *
 * @module
 */

import { readServerFrame, writeFrame } from "../protocol/codec.ts";
import type { ElementData, Json, ServerFrame } from "../protocol/frames.ts";
import { hello, loadPage, openSocket } from "./visitor.ts";
import type { Wire } from "./wire.ts";

/** What is called: the frame, apart from its numbers. */
export interface Target {
  readonly target: string;
  readonly args: readonly Json[];
  readonly element: ElementData;
}

/** What has come for a page, and what of it is an answer. */
class Inbox {
  /** Since it was looked at last. */
  readonly texts: string[] = [];
  /** The number of the call that is under way; 0 is hello. */
  #awaited = 0;
  #version = 0;

  /** True for what others have caused. */
  readonly aside = (text: string): boolean => {
    this.texts.push(text);
    if (!isAnswer(text, this.#awaited)) return true;
    this.#awaited++;
    return false;
  };

  look(): ServerFrame[] {
    return this.texts.splice(0).map((text) => {
      const frame = readServerFrame(text);
      if (frame[0] === "done") return frame;
      if (frame[0] !== "patch" || frame[1] !== this.#version + 1) {
        throw new Error(`Cannot go on from version ${this.#version} with ${text.slice(0, 200)}.`);
      }
      this.#version++;
      return frame;
    });
  }
}

/**
 * Whether a frame is the answer to a call: a patch or `done` with its outcome, or a refusal, for whoever waits to look at.
 * Outcomes of the calls that are measured have no value.
 *
 * @param n the number of the call, 0 for hello
 */
export function isAnswer(text: string, n: number): boolean {
  return text.endsWith(`,[${n}]]`) || text === `["done",${n}]` || !/^\["(patch|done)"/.test(text);
}

/** A page that lives. */
export class Peer implements AsyncDisposable {
  /** The texts of the first frames, out and in. */
  readonly greeting: { readonly up: string; readonly down: string };
  readonly #wire: Wire;
  readonly #inbox: Inbox;
  #calls = 0;

  private constructor(wire: Wire, inbox: Inbox, greeting: { up: string; down: string }) {
    this.#wire = wire;
    this.#inbox = inbox;
    this.greeting = greeting;
  }

  /**
   * Gets the page at `url` as a new visitor and brings it to life.
   *
   * @throws Error where the server does not answer as it should
   */
  static async open(url: string): Promise<Peer> {
    const inbox = new Inbox();
    const loaded = await loadPage(url);
    const wire = await openSocket(loaded, inbox.aside);
    const up = hello(loaded), down = await wire.exchange(up);
    if (down !== writeFrame(["ready", 0])) throw new Error(`Cannot greet ${url}: it says ${down}.`);
    inbox.texts.shift();
    return new Peer(wire, inbox, { up, down });
  }

  /**
   * What has come since this was asked last, in its order: answers, and patches that others have caused.
   *
   * @throws Error for anything else, and for versions that do not rise by one
   */
  look(): ServerFrame[] {
    this.#wire.assertOpen();
    return this.#inbox.look();
  }

  /** The next call's frame, as a browser would send it that has seen every outcome so far. */
  frame({ target, args, element }: Target): string {
    this.#calls++;
    return writeFrame(["call", this.#calls, this.#calls - 1, target, args, element]);
  }

  /** Calls, and waits for the answer. */
  async call(target: Target): Promise<{ up: string; down: string }> {
    const up = this.frame(target);
    return { up, down: await this.#wire.exchange(up) };
  }

  /** As {@linkcode Wire.time}. The calls go round `targets`; every answer has to be a patch, and the next version. */
  async time(targets: readonly Target[], { warmUp, samples }: Sampling): Promise<number[]> {
    const texts = Array.from({ length: warmUp + samples }, (_, index) => {
      return this.frame(targets[index % targets.length]!);
    });
    const times = await this.#wire.time(texts, warmUp, (answer) => {
      if (!answer.startsWith('["patch",')) {
        throw new Error(`Cannot time this: instead of a patch came ${answer.slice(0, 200)}.`);
      }
    });
    this.look();
    return times;
  }

  /** As {@linkcode Wire.rally}; the texts are those of {@linkcode Peer.frame}. */
  rally(texts: readonly string[]): Promise<string[]> {
    return this.#wire.rally(texts);
  }

  /** @throws Error when the socket has closed, or has sent what nobody waited for */
  assertOpen(): void {
    this.#wire.assertOpen();
  }

  /** Leaves the page. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#wire[Symbol.asyncDispose]();
  }
}

/** How many exchanges there are. */
export interface Sampling {
  /** Not timed. */
  readonly warmUp: number;
  /** Timed. */
  readonly samples: number;
}
