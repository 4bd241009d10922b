/**
 * What a browser has to do to bring one render of a page to the next.
 *
 * @module
 */

import type { Operation } from "../../protocol/operations.ts";
import { looseNames, Outline } from "./_outline.ts";
import { Changes } from "./_changes.ts";

/** What a render gave: inner HTML of head's page-owned part and of body. */
export interface Rendered {
  readonly head: string;
  readonly body: string;
}

/**
 * The operations that bring the browser's parse of `before` to the browser's parse of `after`, in the order in which
 * they are to be applied. Each changed place is sent as the smallest thing that has an address: a text, attributes, an
 * element; what comes, goes and moves in a list, as that. Where there is no address, or where a parser might build
 * another tree than the string says, the body is sent.
 *
 * `head` and `body` are what stands between the tags of a page that has `<body>` written out, without white space
 * around `</body>`.
 */
export function diff(before: Rendered, after: Rendered): Operation[] {
  const operations: Operation[] = [];
  if (before.head !== after.head) operations.push(["head", after.head.toWellFormed()]);
  if (before.body === after.body) {
    inherit(before, after);
    return operations;
  }
  const changes = findChanges(before, after);
  // An element that is named costs its neighbours nothing, and leaves alone what others have put beside it. The body
  // is for pages of which nearly everything has changed.
  if (changes === undefined || size(changes) > WORTH * after.body.length + 512) {
    return [...operations, ["body", after.body.toWellFormed()]];
  }
  return [...operations, ...changes];
}

/** How many times the body's length naming elements may cost. */
const WORTH = 1.25;

/** How often names that turn out to be none are left aside before the body is sent. */
const ATTEMPTS = 4;

// As long as somebody holds the render, and one of it: an outline goes on to the render that takes its place.
const outlines = new WeakMap<Rendered, Outline>();

function inherit(before: Rendered, after: Rendered): void {
  const outline = outlines.get(before);
  if (outline === undefined || before === after) return;
  outlines.delete(before);
  outlines.set(after, outline);
}

function findChanges(before: Rendered, after: Rendered): Operation[] | undefined {
  const { body } = after;
  if (before.body.includes("\0") || body.includes("\0")) return undefined; // dropped in one place, replaced in another
  const outline = outlines.get(before) ?? Outline.of(before.body);
  outlines.set(before, outline);
  const heads = namesOf(before.head === after.head ? after.head : before.head + after.head);
  if (heads.hidden) return undefined;
  const barred = new Set(heads.ids);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const changes = new Changes(outline, body, barred);
    if (!changes.find()) return undefined;
    const { next, doubtful } = changes.settle();
    if (doubtful.length > 0) {
      for (const name of doubtful) barred.add(name);
      continue;
    }
    if (next === undefined) return undefined;
    outlines.delete(before);
    outlines.set(after, next);
    return changes.operations;
  }
  return undefined;
}

// Heads seldom change: the last one's names are kept.
let last = { head: "", names: looseNames("") };

function namesOf(head: string): ReturnType<typeof looseNames> {
  if (head !== last.head) last = { head, names: looseNames(head) };
  return last.names;
}

/** Roughly what an operation costs on the wire. */
function size(operations: readonly Operation[]): number {
  return operations.reduce((sum, operation) => sum + JSON.stringify(operation).length, 0);
}
