/**
 * Elements by a selector: what a reflex shows instead of the whole page.
 *
 * @module
 */

import { isOurs, morph, parseElement, parseInside } from "./core.ts";
import { all, onPage, page } from "./dom.ts";

/**
 * Brings each element of the body that the selector names to the markup: the element itself where the markup is one
 * element of the same id and key, and without an id of the same name; else what is in it.
 *
 * @throws SyntaxError for what is no selector
 */
export function select(selector: string, html: string): void {
  for (const element of all(page("body"), selector)) {
    if (!onPage(element) || !isOurs(element)) continue; // one before may have taken it away
    const to = parseElement(element, html);
    morph(element, to ?? parseInside(element, html), !to);
  }
}
