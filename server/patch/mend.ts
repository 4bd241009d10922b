/**
 * From a page of which some elements have been given another text or other attributes to the next render.
 *
 * @module
 */

import type { Operation } from "../../protocol/operations.ts";
import { diff, elementOf, type Rendered } from "./diff.ts";

/**
 * The operations that bring a browser from `before` to `after`, in which texts and attributes of a few elements are not
 * those of `before`: the difference, then those elements as they should be. What the difference does inside of one may go
 * astray there, or find nothing, which a browser answers by loading the page again; around it nothing has changed.
 *
 * @param touched ids of those elements
 * @returns `undefined` where there is no saying which element one of them is
 */
export function mend(before: Rendered, after: Rendered, touched: Iterable<string>): Operation[] | undefined {
  const mending: Operation[] = [];
  for (const id of touched) {
    const html = elementOf(after, id);
    if (html === undefined || elementOf(before, id) === undefined) return undefined;
    mending.push(["morph", id, html.toWellFormed()]);
  }
  const own = before === after ? [] : diff(before, after);
  return own.some(([name]) => name === "body") ? own : [...own, ...mending];
}
