/**
 * What is shown after a call: the page, a few elements of it, or nothing new.
 *
 * @module
 */

import type { Piece } from "../bus/told.ts";

/** How a call wants its outcome to be shown. */
export type Mode = "page" | "selector" | "nothing" | "redirect";

/** Nothing but what it was told: one way of showing per call. */
export class Showing {
  #mode: Mode = "page";
  #pieces: Piece[] | undefined;
  /** The path that a redirect leads to. */
  to: string | undefined;
  /** Whether that takes the place of this page in the browser's history. */
  replaces = false;

  get mode(): Mode {
    return this.#mode;
  }

  /** What is shown in place of the page, in this order. */
  get pieces(): readonly Piece[] {
    return this.#pieces ?? none;
  }

  /**
   * Chooses a way.
   *
   * @param what the method, for people
   * @throws TypeError where another was chosen before
   */
  choose(mode: Mode, what: string): void {
    if (this.#mode !== "page" && this.#mode !== mode) {
      throw new TypeError(`Cannot ${what}: this call has chosen to ${words[this.#mode]}.`);
    }
    this.#mode = mode;
  }

  /** Adds a piece. */
  add(piece: Piece): void {
    (this.#pieces ??= []).push(piece);
  }

  /** As if nothing had been chosen. */
  undo(): void {
    this.#mode = "page";
    this.#pieces = undefined;
    this.to = undefined;
    this.replaces = false;
  }
}

const words: Readonly<Record<Mode, string>> = {
  page: "render the page",
  selector: "morph elements",
  nothing: "render nothing",
  redirect: "lead elsewhere",
};

const none: readonly Piece[] = [];
