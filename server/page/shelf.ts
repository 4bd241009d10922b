/**
 * Pages that are kept ready for whoever points at a link.
 *
 * @module
 */

import type { Opened } from "./open_view.ts";

/** Keeps as many as there is room for; what has been there longest goes first. */
export class Shelf {
  readonly #limit: number;
  /** What gives each of them up, with its bytes, the oldest first. */
  readonly #kept = new Map<() => void, number>();
  #bytes = 0;

  /** @param limit bytes of renders to keep */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of what is kept, as strings of two bytes a character at worst; shared renders are not in it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a page, until `giveUp` is called here, or handed to {@linkcode take}. */
  put(opened: Opened, giveUp: () => void): void {
    const bytes = sizeOf(opened);
    this.#kept.set(giveUp, bytes);
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.take(oldest);
      oldest();
    }
  }

  /** It is not kept any more, if it was. */
  take(giveUp: () => void): void {
    this.#bytes -= this.#kept.get(giveUp) ?? 0;
    this.#kept.delete(giveUp);
  }
}

function sizeOf({ render, parts, shared }: Opened): number {
  let characters = shared === undefined ? render.head.length + render.body.length : 0;
  for (const part of parts.values()) characters += part.body.length + 256;
  return 2 * characters + 1024;
}
