/**
 * What a browser has to do to bring one render of a page to the next.
 *
 * @module
 */

import type { MorphOperation, Operation } from "../../protocol/operations.ts";
import { Addresses } from "./_addresses.ts";
import { commonLength } from "./_common.ts";
import { bodyEntry, Scanner } from "./_scan.ts";

/** What a render gave: inner HTML of head's page-owned part and of body. */
export interface Rendered {
  readonly head: string;
  readonly body: string;
}

/** One element that differs: where it stands in `after`, and its address. */
interface Change {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The operations that bring the browser's parse of `before` to the browser's parse of `after`, in the order in
 * which they are to be applied. Each changed place is sent as the innermost element around it that has an address:
 * an `id` which occurs once in both pages. Where there is none, or where a parser might build another tree than the
 * string says, the body is sent.
 *
 * `head` and `body` are what stands between the tags of a page that has `<body>` written out, without white space
 * around `</body>`.
 */
export function diff(before: Rendered, after: Rendered): Operation[] {
  const operations: Operation[] = [];
  if (before.head !== after.head) operations.push(["head", after.head.toWellFormed()]);
  if (before.body === after.body) return operations;
  const morphs = changes(before, after)?.map(({ id, from, to }): MorphOperation => {
    return ["morph", id, after.body.slice(from, to).toWellFormed()];
  });
  // An element that is named costs its neighbours nothing, and leaves alone what others have put beside it. The body
  // is for pages of which nearly everything has changed.
  if (morphs === undefined || size(morphs) > WORTH * after.body.length + 512) {
    return [...operations, ["body", after.body.toWellFormed()]];
  }
  return [...operations, ...morphs];
}

/** How many times the body's length naming elements may cost. */
const WORTH = 1.25;

/** Roughly what the wire costs beside the markup: name, quotes, brackets, commas. */
const OVERHEAD = 14;

function size(morphs: readonly MorphOperation[]): number {
  return morphs.reduce((sum, [, id, html]) => sum + OVERHEAD + id.length + html.length, 0);
}

/**
 * Both strings are walked side by side. Up to a difference they are equal, and so is what is open there; from it,
 * each goes on alone to the end of the element that holds it, and behind that they are side by side again.
 *
 * Why this is right: a parser that has read equal strings is in one state. Everything it has read so far is
 * understood, so the element holds in the page exactly what its markup holds alone, and leaves nothing behind: the
 * same elements are open after it, no formatting element waits to be opened again, no form is pending. (`<body>`
 * is written out, so `frameset` is ignored whatever comes.) From there on the parser reads equal strings again, so
 * what follows the last difference need not be understood.
 */
function changes(before: Rendered, after: Rendered): Change[] | undefined {
  const a = before.body, b = after.body;
  if (a.includes("\0") || b.includes("\0")) return undefined; // dropped in one place, replaced in another
  const addresses = new Addresses([a, b], [before.head, after.head]);
  const scan = new Scanner(a, 0, [bodyEntry]);
  const found: Change[] = [];
  let at = 0; // in b, beside scan.at
  while (true) {
    const equal = commonLength(a, scan.at, b, at);
    const shift = at - scan.at;
    if (scan.at + equal === a.length && at + equal === b.length) return found;
    scan.advance(scan.at + equal, shift);
    const other = new Scanner(b, scan.at + shift, [...scan.stack]);
    const target = targetOf(scan, other, addresses);
    if (target === undefined) return undefined;
    if (!scan.finish(target.depth) || !other.finish(target.depth)) return undefined;
    while ((found.at(-1)?.from ?? -1) >= target.from) found.pop();
    found.push({ id: target.id, from: target.from, to: other.at });
    at = other.at;
  }
}

/** The innermost element with an address that holds the difference, and how many elements are open around it. */
function targetOf(scan: Scanner, other: Scanner, addresses: Addresses) {
  const tag = scan.peek(), twin = other.peek();
  if (tag !== undefined && twin !== undefined && tag.rule.name === twin.rule.name) {
    const id = scan.html.slice(tag.idFrom, tag.idTo);
    if (id === other.html.slice(twin.idFrom, twin.idTo) && addresses.has(id)) {
      return { id, from: other.at, depth: scan.stack.length };
    }
  }
  for (let depth = scan.stack.length - 1; depth > 0; depth--) {
    const open = scan.stack[depth];
    if (open === undefined || open.idTo === open.idFrom) continue;
    const id = scan.html.slice(open.idFrom, open.idTo);
    if (addresses.has(id)) return { id, from: open.twin, depth };
  }
  return undefined;
}
