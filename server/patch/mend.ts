/**
 * From a page of which some elements have been given another text or other attributes to the next render.
 *
 * @module
 */

import type { Operation } from "../../protocol/operations.ts";
import { type Rendered, spanOf } from "./diff.ts";
import { seals } from "./_scan.ts";
import { readAttributes } from "./_text.ts";

/** Elements by id: whose text is another, or which attributes. */
export type Touched = ReadonlyMap<string, ReadonlySet<string> | "text">;

/**
 * The operations that bring a browser from `before` to `after`, in which texts and attributes of a few elements are not
 * those of `before`: the difference, then those elements as they should be. What the difference does inside of one may go
 * astray there, or find nothing, which a browser answers by loading the page again; around it nothing has changed.
 *
 * @param difference what brings a browser from the one to the other that shows nothing else
 * @returns `undefined` where there is no saying which element one of them is
 */
export function mend(
  before: Rendered,
  after: Rendered,
  touched: Touched,
  difference: readonly Operation[],
): readonly Operation[] | undefined {
  if ([...touched.keys()].some((id) => spanOf(before, id) === undefined)) return undefined;
  const mending = mendings(after, touched);
  if (mending === undefined || difference.some(([name]) => name === "body")) return mending && difference;
  return [...difference, ...mending];
}

/** Whether what is in the element of that id is no render's business. */
export function isTheirs(page: Rendered, id: string): boolean {
  const span = spanOf(page, id);
  return span !== undefined && seals(page.body.slice(span.start, page.body.indexOf(">", span.start) + 1));
}

/** What those elements should be; `undefined` likewise. */
export function mendings(page: Rendered, touched: Touched): Operation[] | undefined {
  const mending: Operation[] = [];
  for (const [id, changed] of touched) {
    const span = spanOf(page, id);
    if (span === undefined) return undefined;
    const html = page.body.slice(span.start, span.end);
    const own = changed === "text" ? undefined : readAttributes(html, span.place.rule.content);
    if (changed === "text" || own === undefined) mending.push(["morph", id, html.toWellFormed()]);
    else {
      const values = [...changed].map((name) => [name, own.get(name) ?? null]);
      mending.push(["attributes", id, Object.fromEntries(values) as Record<string, string | null>]);
    }
  }
  return mending;
}
