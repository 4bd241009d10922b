/**
 * Frames around what was patched, for a moment. They lie above the page: nothing is written into its elements.
 *
 * @module
 */

import type { Operation } from "../protocol/operations.ts";
import { onPage } from "./dom.ts";
import { elementsOf } from "./panel_address.ts";

/** So many of one patch: more could not be told apart. */
const MOST = 40;

/** Draws them. */
export class Marks {
  /** Whether it does. */
  isOn = true;
  readonly #layer: HTMLElement;

  /** @param layer where they are drawn */
  constructor(layer: HTMLElement) {
    this.#layer = layer;
  }

  /** Operations have come, and the page is about to do them. */
  patched(operations: readonly Operation[]): void {
    if (!this.isOn) return;
    // What is removed can only be found before, what is put in only behind.
    const before = operations.slice(0, MOST).map(elementsOf);
    setTimeout(() => {
      const after = operations.slice(0, MOST).map(elementsOf);
      const elements = new Set(after.flatMap((now, i) => now.length > 0 ? now : before[i]!).filter(onPage));
      for (const element of [...elements].slice(0, MOST)) this.#draw(element);
    });
  }

  #draw(element: Element): void {
    const { left, top, width, height } = element.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    const mark = document.createElement("div");
    mark.className = "mark";
    Object.assign(mark.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    mark.addEventListener("animationend", () => mark.remove());
    this.#layer.append(mark);
  }
}
