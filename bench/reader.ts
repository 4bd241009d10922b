/**
 * Somebody who looks at a page that many share, and does what a browser does: shows what it is told, and loads the page
 * again where it has to.
 *
 * @module
 */

import { readServerFrame } from "../protocol/codec.ts";
import type { Operation } from "../protocol/operations.ts";
import { hello, type Loaded, loadPage, openSocket } from "./visitor.ts";
import type { Wire } from "./wire.ts";

/** Is told that a reader shows another number than before. */
export type Shown = (before: number, now: number) => void;

/** A reader. What is not as it should be ends its process. */
export class Reader implements AsyncDisposable {
  /** What has come so far: patches, pages that were loaded again, sockets that were closed. */
  readonly counted = { patches: 0, loads: 0, losses: 0 };
  readonly #tell: Shown;
  #page: Loaded;
  #shown: number;
  #version = 0;
  #wire: Wire | undefined;

  private constructor(page: Loaded, tell: Shown) {
    this.#page = page;
    this.#shown = numberIn(page.html);
    this.#tell = tell;
  }

  /** Gets a page and brings it to life. @throws Error where the server does not answer as it should */
  static async open(url: string, tell: Shown): Promise<Reader> {
    const reader = new Reader(await loadPage(url), tell);
    if (!await reader.#connect()) throw new Error(`Cannot greet ${url}: it does not know its own page.`);
    return reader;
  }

  /** The number that the page shows. */
  get shown(): number {
    return this.#shown;
  }

  /** Leaves the page. */
  async [Symbol.asyncDispose](): Promise<void> {
    const wire = this.#wire;
    this.#wire = undefined;
    await wire?.[Symbol.asyncDispose]();
  }

  /** @returns false where the server does not know what this page shows */
  async #connect(): Promise<boolean> {
    let greeted = false;
    const wire = await openSocket(this.#page, (text) => {
      if (greeted) this.#take(text);
      const isMore = greeted;
      greeted = true;
      return isMore;
    });
    const answer = readServerFrame(await wire.exchange(hello(this.#page, this.#version)));
    if (answer[0] !== "ready") {
      await wire[Symbol.asyncDispose]();
      return false;
    }
    if (answer[1] !== this.#version) throw new Error(`Cannot go on from ${this.#version} at ${answer[1]}.`);
    this.#wire = wire;
    void wire.closed.then(() => this.#lost(wire));
    return true;
  }

  #take(text: string): void {
    const patch = readPatch(text);
    if (patch !== undefined) return this.#patch(patch.version, patch.number);
    const frame = readServerFrame(text);
    if (frame[0] === "patch") return this.#patch(frame[1], numberAfter(frame[2]));
    if (frame[0] !== "resync") throw new Error(`Cannot read on: there is ${text.slice(0, 200)}.`);
    // It may be said more than once.
    if (this.#wire !== undefined) void this.#reload();
  }

  #patch(version: number, number: number): void {
    if (version !== this.#version + 1) throw new Error(`Cannot go on from ${this.#version} with ${version}.`);
    this.#version = version;
    this.counted.patches++;
    this.#show(number);
  }

  #show(number: number): void {
    const before = this.#shown;
    if (number < before) throw new Error(`Cannot show ${number} after ${before}.`);
    this.#shown = number;
    this.#tell(before, number);
  }

  async #lost(wire: Wire): Promise<void> {
    if (this.#wire !== wire) return;
    this.#wire = undefined;
    this.counted.losses++;
    if (!await this.#connect()) await this.#reload();
  }

  async #reload(): Promise<void> {
    const wire = this.#wire;
    this.#wire = undefined;
    await wire?.[Symbol.asyncDispose]();
    this.counted.loads++;
    this.#page = await loadPage(this.#page.url, this.#page);
    this.#version = 0;
    this.#show(numberIn(this.#page.html));
    // What changes between the two is another reload.
    if (!await this.#connect()) await this.#reload();
  }
}

const patched = /^\["patch",(\d+),\[\["text",(?:\["row-500",2\]|"news"),"(\d+)/;

/** A patch of nothing but the cell of the table, or the text of the board: by far the most, and cheap to read. */
export function readPatch(text: string): { version: number; number: number } | undefined {
  const [, version, number] = text.match(patched) ?? [];
  return version === undefined ? undefined : { version: Number(version), number: Number(number) };
}

/** The number that a document, or a body, shows. @throws TypeError where it shows none */
export function numberIn(html: string): number {
  const [, number] = html.match(/<p id="news">(\d+)/) ??
    html.match(/<tr id="row-500".*?<td class="qty">(\d+)</) ?? [];
  if (number === undefined) throw new TypeError("Cannot find the number in a page: it has none.");
  return Number(number);
}

/** The number that a page shows after these operations. */
export function numberAfter(operations: readonly Operation[]): number {
  for (const operation of operations) {
    if (operation[0] === "text") return parseInt(operation[2], 10);
    if (operation[0] === "morph") return numberIn(operation[2]);
    if (operation[0] === "body") return numberIn(operation[1]);
  }
  throw new TypeError(`Cannot find the number in ${JSON.stringify(operations).slice(0, 200)}.`);
}
