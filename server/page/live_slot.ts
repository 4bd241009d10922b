/**
 * A place in a page for a part of its own.
 *
 * @module
 */

import type { Topic } from "../bus/topic.ts";
import type { Html } from "./html.ts";
import type { PageContext } from "./page.ts";

/** A `<Live>` element, as a render has met it. */
export interface LiveSlot {
  /** Of its element. */
  readonly id: string;
  /** The element's name. */
  readonly name: string;
  /** Its start tag. */
  readonly open: string;
  /** What makes it anew. */
  readonly topics: readonly Topic[];
  /** Gives what is in it. */
  readonly render: (context: PageContext) => Html | Promise<Html>;
}

/** A slot in the markup of a page or a part, in which it is empty. */
export interface PlacedSlot extends LiveSlot {
  /** Where what is in it belongs. */
  readonly at: number;
}

/** The slots of one render, and how they are found in its markup. */
export class LiveSlots {
  readonly #slots: LiveSlot[] = [];
  // Nobody can guess it, so that nobody else writes it; it never leaves the server.
  #mark: string | undefined;

  /**
   * Takes a slot.
   *
   * @returns what has to stand between its tags
   * @throws TypeError for an id that is taken
   */
  add(slot: LiveSlot): string {
    if (this.has(slot.id)) {
      throw new TypeError(`Cannot render <Live>: there is another with the id ${JSON.stringify(slot.id)}.`);
    }
    this.#mark ??= crypto.randomUUID();
    return this.#comment(this.#slots.push(slot) - 1);
  }

  /** Whether there is one of that id. */
  has(id: string): boolean {
    return this.#slots.some((slot) => slot.id === id);
  }

  /**
   * Takes the marks out of the markup again. A slot whose markup was thrown away is none.
   *
   * @throws TypeError for a slot whose markup is there twice
   */
  take(html: string): { html: string; slots: PlacedSlot[] } {
    const found = this.#slots.map((slot, index) => {
      const mark = this.#comment(index), at = html.indexOf(mark);
      if (at >= 0 && html.includes(mark, at + 1)) {
        throw new TypeError(`Cannot render <Live id=${JSON.stringify(slot.id)}>: its markup is there twice.`);
      }
      return { slot, mark, at };
    }).filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
    let rest = "", from = 0;
    const slots: PlacedSlot[] = [];
    for (const { slot, mark, at } of found) {
      rest += html.slice(from, at);
      slots.push({ ...slot, at: rest.length });
      from = at + mark.length;
    }
    return { html: rest + html.slice(from), slots };
  }

  #comment(index: number): string {
    return `<!--${this.#mark}-${index}-->`;
  }
}
