/**
 * A page without a browser: it gets the page, opens its socket, and calls.
 *
 * @module
 */

import { writeFrame } from "../protocol/codec.ts";
import type { ElementData, Json } from "../protocol/frames.ts";
import { Attribute, Path } from "../protocol/markers.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { Wire } from "./wire.ts";

/** What is called: the frame, apart from its numbers. */
export interface Target {
  readonly target: string;
  readonly args: readonly Json[];
  readonly element: ElementData;
}

/** A page that lives. */
export class Peer implements AsyncDisposable {
  /** The texts of the first frames, out and in. */
  readonly greeting: { readonly up: string; readonly down: string };
  readonly #wire: Wire;
  #calls = 0;

  private constructor(wire: Wire, greeting: { up: string; down: string }) {
    this.#wire = wire;
    this.greeting = greeting;
  }

  /**
   * Gets the page at `url` as a new visitor and brings it to life.
   *
   * @throws Error where the server does not answer as it should
   */
  static async open(url: string): Promise<Peer> {
    const response = await fetch(url);
    const html = await response.text();
    const [, token] = html.match(new RegExp(` ${Attribute.page}="([^"]+)"`)) ?? [];
    const [cookie] = response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
    if (!response.ok || token === undefined || cookie === undefined) {
      throw new Error(`Cannot use the page at ${url}: ${response.status}, without page data or a cookie.`);
    }
    const { origin } = new URL(url);
    const wire = await Wire.open(`${origin.replace("http", "ws")}${Path.socket}`, { origin, cookie });
    const up = writeFrame(["hello", PROTOCOL_VERSION, token, 0]);
    const down = await wire.exchange(up);
    if (down !== writeFrame(["ready", 0])) throw new Error(`Cannot greet ${url}: it says ${down}.`);
    return new Peer(wire, { up, down });
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

  /** As {@linkcode Wire.time}. The calls go round `targets`; every answer has to be a patch. */
  async time(targets: readonly Target[], { warmUp, samples }: Sampling): Promise<number[]> {
    const texts = Array.from({ length: warmUp + samples }, (_, index) => {
      return this.frame(targets[index % targets.length]!);
    });
    return await this.#wire.time(texts, warmUp, (answer) => {
      if (!answer.startsWith('["patch",')) {
        throw new Error(`Cannot time this: instead of a patch came ${answer.slice(0, 200)}.`);
      }
    });
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
