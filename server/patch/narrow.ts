/**
 * A page of which only a few elements are those of the next render.
 *
 * @module
 */

import { fits, type Rendered, type Span, spanOf } from "./diff.ts";

/** One of the elements: where it stands in both. */
interface Root {
  readonly from: Span;
  readonly to: Span;
}

/**
 * The page `before` with the elements of these ids as they are in `after`. `undefined` where one of them is not there
 * once in both, where one lies in another in one of the two alone, or where a parser might not build in its old place
 * what its new markup says.
 */
export function narrow(before: Rendered, after: Rendered, ids: Iterable<string>): Rendered | undefined {
  const roots: Root[] = [];
  for (const id of new Set(ids)) {
    const from = spanOf(before, id), to = spanOf(after, id);
    if (from === undefined || to === undefined) return undefined;
    if (!fits(after.body.slice(to.start, to.end), from.place)) return undefined;
    for (const root of roots) {
      if (isIn(from, root.from) !== isIn(to, root.to)) return undefined;
      if (isIn(root.from, from) !== isIn(root.to, to)) return undefined;
    }
    roots.push({ from, to });
  }
  roots.sort((a, b) => a.from.start - b.from.start);
  let body = "", at = 0;
  for (const { from, to } of roots) {
    if (from.start < at) continue; // it came with the one that it lies in
    body += before.body.slice(at, from.start) + after.body.slice(to.start, to.end);
    at = from.end;
  }
  return { head: before.head, body: body + before.body.slice(at) };
}

function isIn(one: Span, other: Span): boolean {
  return other.start < one.start && one.end <= other.end;
}
