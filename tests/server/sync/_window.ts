/**
 * A reader of a list that forgives nothing: whatever does not fit its page is an error.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Asking } from "../../helpers/endpoint.ts";
import { type Frame, Hand } from "../../helpers/sync.ts";
import { path } from "./_isolates.ts";

/** One page of a list, as frames say that it is. */
export class Window implements AsyncDisposable {
  readonly #hand: Hand;
  readonly #name: string;
  readonly #pumping: Promise<void>;
  readonly #problems: unknown[] = [];
  /** What was said, in its order. */
  readonly frames: Frame[] = [];
  items: unknown[] = [];
  count = -1;
  page = -1;
  size = -1;

  private constructor(hand: Hand, name: string) {
    this.#hand = hand;
    this.#name = name;
    this.#pumping = this.#pump();
  }

  /** Opens a socket, and shows a page. */
  static async open(
    server: { readonly url: string },
    name: string,
    { page = 0, size, ...asking }: Asking & { page?: number; size?: number } = {},
  ): Promise<Window> {
    const window = new Window(await Hand.open(server, { path, ...asking }), name);
    window.#hand.subscribe({ [name]: "list" });
    window.ask(page, size);
    return window;
  }

  /** Asks for a page. */
  ask(page: number, size?: number): void {
    this.#hand.send({
      func: "get",
      type: "list",
      name: this.#name,
      page,
      ...size !== undefined && { page_size: size },
    });
  }

  /** Which frames came. */
  get funcs(): string {
    return this.frames.map((frame) => frame["func"]).join(" ");
  }

  /** Whether it is what a list of these items shows on its page. */
  shows(items: readonly unknown[]): boolean {
    this.check();
    const start = this.page * this.size;
    return this.count === items.length &&
      JSON.stringify(this.items) === JSON.stringify(items.slice(start, start + this.size));
  }

  /** @throws the first thing that did not fit */
  check(): void {
    for (const problem of this.#problems) throw problem;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hand[Symbol.asyncDispose]();
    await this.#pumping;
    this.check();
  }

  async #pump(): Promise<void> {
    for (;;) {
      let frame: Frame;
      try {
        frame = await this.#hand.next();
      } catch {
        return; // closed
      }
      this.frames.push(frame);
      try {
        this.#take(frame);
      } catch (error) {
        this.#problems.push(error);
      }
    }
  }

  #take(frame: Frame): void {
    const { func, index, value } = frame as { func: string; index: number; value: unknown };
    assert.equal(frame["name"], this.#name, JSON.stringify(frame));
    switch (func) {
      case "set_all":
        this.items = [...frame["items"] as unknown[]];
        this.count = frame["total_item_count"] as number;
        this.page = frame["page"] as number;
        this.size = frame["page_size"] as number;
        break;
      case "set_count":
        this.count = frame["total_item_count"] as number;
        break;
      case "insert":
        assert.ok(index <= this.items.length, `insert at ${index} of ${this.items.length}`);
        this.items.splice(index, 0, value);
        break;
      case "set":
        assert.ok(index < this.items.length, `set ${index} of ${this.items.length}`);
        this.items[index] = value;
        break;
      case "delete":
        assert.ok(index < this.items.length, `delete ${index} of ${this.items.length}`);
        this.items.splice(index, 1);
        break;
      default:
        assert.fail(JSON.stringify(frame));
    }
    assert.ok(this.items.length <= this.size, `${this.items.length} items on a page of ${this.size}`);
  }
}
