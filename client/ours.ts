/**
 * What on the page is the server's to change.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { closest, contains, page } from "./dom.ts";

/**
 * Scripts, bases and pragmas are done when they have been read once; no operation brings or changes one. Nor does it an
 * animation of a link, which may lead to `javascript:`.
 */
export const DONE = "script,base,meta[http-equiv],[attributeName*=href]";

/** What stays as it is. An attribute without a value is `true` in JSX, and that is what JSX writes. */
export const FIXED = `${DONE},[${Attribute.permanent}],[${Attribute.ignore}=""],[${Attribute.ignore}=true]`;

/** What keeps its children. */
export const SEALED = `${FIXED},[${Attribute.ignore}~=children]`;

/** Whether the content of an element is the server's: it is in nothing that stays, and nobody is writing in it. */
export function isOurs(element: Element): boolean {
  return !(closest(element, SEALED) || isEdited(element));
}

/** Whether an element is in what somebody is writing right now. That text has no base to compare with; it stays. */
export function isEdited(element: Element): boolean {
  const active = page("activeElement") as HTMLElement | null;
  return !!active?.isContentEditable && contains(active, element);
}
