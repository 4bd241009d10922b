/**
 * The body of a shared view's render as it goes over the line, made once for all who load the page.
 *
 * @module
 */

import type { PlacedSlot } from "./live_slot.ts";
import { inside, type PartsById, type Render } from "./shown.ts";

/** The bytes of the latest render that somebody has loaded. */
export class SharedBytes {
  #render: Render | undefined;
  #pieces: readonly Uint8Array<ArrayBuffer>[] = [];

  /** How many there are. */
  get size(): number {
    return this.#pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** The whole body with these parts in it. Nobody may write into the bytes. */
  of(render: Render, parts: PartsById): Uint8Array<ArrayBuffer>[] {
    if (render !== this.#render) {
      this.#pieces = encode(render.body, render.slots);
      this.#render = render;
    }
    return this.#pieces.flatMap((piece, index) => {
      const slot = render.slots[index - 1], part = slot && parts.get(slot.id);
      return part === undefined ? [piece] : [encoder.encode(inside(part, parts)), piece];
    });
  }

  /** A render that is shown no longer is not kept either. */
  keep(render: Render): void {
    if (render === this.#render) return;
    this.#render = undefined;
    this.#pieces = [];
  }
}

const encoder = new TextEncoder();

/** One piece more than there are slots. */
function encode(html: string, slots: readonly PlacedSlot[]): Uint8Array<ArrayBuffer>[] {
  const ends = [...slots.map(({ at }) => at), html.length];
  return ends.map((end, index) => encoder.encode(html.slice(index === 0 ? 0 : ends[index - 1], end)));
}
