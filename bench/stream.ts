/**
 * A socket with many texts under way, in both directions: floor and measure use it alike, so that its own cost is in both.
 *
 * @module
 */

import { Wire } from "./wire.ts";

/** What does not come in so many milliseconds does not come. */
const PATIENCE = 25_000;

/** Something that is done over a stream. */
export interface Work {
  /** Sends what there is to be sent at first. */
  begin(): void;
  /** Takes a text; `true` where it was the last. What it throws ends the work. */
  hear(text: string): boolean;
}

/** A WebSocket that is heard while something is done. */
export class Stream implements AsyncDisposable {
  readonly #wire: Wire;
  readonly #heard: { by: (text: string) => void };

  private constructor(wire: Wire, heard: { by: (text: string) => void }) {
    this.#wire = wire;
    this.#heard = heard;
  }

  /** Opens a socket. @throws Error where it cannot be opened */
  static async open(url: string): Promise<Stream> {
    const heard = { by: refuse };
    const wire = await Wire.open(url, {
      aside(text) {
        heard.by(text);
        return true;
      },
    });
    return new Stream(wire, heard);
  }

  /** Sends a text. */
  send(text: string): void {
    this.#wire.send(text);
  }

  /** Does something until the last text of it has come. @throws what the work throws; Error where nothing comes any more */
  async run({ begin, hear }: Work): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = setTimeout(() => reject(new Error("Cannot wait any longer for a text.")), PATIENCE);
    this.#heard.by = (text) => {
      try {
        if (hear(text)) resolve();
      } catch (error) {
        reject(error);
      }
    };
    this.#wire.closed.then(() => reject(new Error("The socket has closed.")));
    try {
      begin();
      await promise;
    } finally {
      clearTimeout(late);
      this.#heard.by = refuse;
    }
  }

  /** Sends texts, and waits for as many, whatever they say. */
  async exchange(...texts: readonly string[]): Promise<string[]> {
    const answers: string[] = [];
    await this.run({
      begin: () => texts.forEach((text) => this.send(text)),
      hear: (text) => answers.push(text) === texts.length,
    });
    return answers;
  }

  /** Closes the socket and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#wire[Symbol.asyncDispose]();
  }
}

function refuse(text: string): void {
  throw new Error(`Nobody waited for a frame: ${text.slice(0, 200)}.`);
}
