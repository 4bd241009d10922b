/**
 * What an operation by hand is about.
 *
 * @module
 */

import { call } from "./call.ts";
import type { Detail } from "./own_operation.ts";

/**
 * The elements that a selector, or an XPath expression, names; the first alone unless all are wanted.
 *
 * @throws DOMException for what is none
 */
export function targets(selector: string, { xpath, selectAll }: Detail = {}): Element[] {
  const found = xpath ? byPath(selector) : [...call(document, "querySelectorAll", selector)];
  return selectAll ? found : found.slice(0, 1);
}

function byPath(path: string): Element[] {
  const found: Element[] = [], result = call(document, "evaluate", path, document, null, 5, null);
  // Other nodes than elements are refused when something is done to them.
  for (let node; (node = result.iterateNext());) found.push(node as Element);
  return found;
}

/** Puts the focus on an element, if there is one that can have it. */
export function focus(element: Element | undefined): void {
  if (element) call(element as HTMLElement, "focus");
}
