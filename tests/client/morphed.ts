/**
 * One morph, told as before, after, and what a person did in between.
 *
 * @module
 */

import { $, show } from "./browser.ts";
import { markOpen } from "../../client/open.ts";
import { applyOperations } from "../../client/operations.ts";

/** Brings #x, which is shown as the first markup with `person` having been at work, to the second. */
export function morphed(before: string, after: string, person: () => void = () => {}): HTMLElement {
  show(`<div id="x">${before}</div>`);
  markOpen(document.documentElement);
  person();
  applyOperations([["morph", "x", `<div id="x">${after}</div>`]]);
  return $("#x");
}

/** The first field in #x. */
export const input = (): HTMLInputElement => $<HTMLInputElement>("#x input");
