/**
 * Whether a `details` or `dialog` is open is the person's business, until the server says something new about it.
 *
 * @module
 */

import { all, attribute, has, matches } from "./dom.ts";

/** The attribute. */
export const OPEN = "open";

const OPENABLE = "details, dialog";

/** What the server said last of an element that is open or not. */
export const said = new WeakMap<Element, boolean>();

/** Takes down what the server says about an element that has come to the page, and about those inside it. */
export function markOpen(root: Element): void {
  for (const element of [root, ...all(root, OPENABLE)]) said.set(element, has(element, OPEN));
}

/** Before a morph: without news from the server, the markup takes over what the person did. */
export function keepOpen(from: Element, to: Element): void {
  if (!matches(from, OPENABLE)) return;
  const theirs = has(to, OPEN);
  if (said.get(from) === theirs) {
    const mine = attribute(from, OPEN);
    if (mine === null) to.removeAttribute(OPEN);
    else to.setAttribute(OPEN, mine);
  }
  said.set(from, theirs);
}
