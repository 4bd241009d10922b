/**
 * What a browser has to do to bring one render of a page to the next.
 *
 * @module
 */

import type { Operation } from "../../protocol/operations.ts";
import { addCount, type Counts, hashName, looseNames, Outline, Recorder } from "./_outline.ts";
import { Changes } from "./_changes.ts";
import { decode } from "./_text.ts";
import { type Open, Scanner } from "./_scan.ts";

export { sealBy } from "./_scan.ts";

/** What a render gave: inner HTML of head's page-owned part and of body. */
export interface Rendered {
  readonly head: string;
  readonly body: string;
}

/** What else is on the page: a name that is there, too, is no address. */
export interface Elsewhere {
  /** Whether an element there has that name: an id; or a key, with a blank before it. */
  has(name: string): boolean;
}

/** A piece of a page that is patched by itself: one element. */
export interface Piece {
  /** Its markup. */
  readonly body: string;
  /** What it stands in. */
  readonly place: Place;
}

/** A place in a page, as a parser knows it when it comes there. */
export type Place = Open;

/**
 * The operations that bring the browser's parse of `before` to the browser's parse of `after`, in the order in which
 * they are to be applied. Each changed place is sent as the smallest thing that has an address: a text, attributes, an
 * element; what comes, goes and moves in a list, as that. Where there is no address, or where a parser might build
 * another tree than the string says, the body is sent.
 *
 * `head` and `body` are what stands between the tags of a page that has `<body>` written out, without white space
 * around `</body>`.
 */
export function diff(before: Rendered, after: Rendered, elsewhere: Elsewhere = nowhere): Operation[] {
  const operations: Operation[] = [];
  if (before.head !== after.head) operations.push(["head", after.head.toWellFormed()]);
  if (before.body === after.body) {
    inherit(before, after);
    return operations;
  }
  const changes = findPageChanges(before, after, elsewhere);
  // An element that is named costs its neighbours nothing, and leaves alone what others have put beside it. The body
  // is for pages of which nearly everything has changed.
  if (changes === undefined || size(changes) > WORTH * after.body.length + 512) {
    return [...operations, ["body", after.body.toWellFormed()]];
  }
  return [...operations, ...changes];
}

/**
 * The same for a piece of a page: addresses lead from names in it, and never from around it. `undefined` where there is
 * no saying what a browser has to do.
 */
export function diffPiece(before: Piece, after: Piece, elsewhere: Elsewhere): Operation[] | undefined {
  if (before.body === after.body) {
    inherit(before, after);
    return [];
  }
  return findChanges(before, after, { elsewhere, barred: [], top: before.place });
}

/**
 * Where the element of that name stands which begins at `at` in the body; `undefined` where that is not understood, or
 * the name is there more than once.
 */
export function placeOf(page: Rendered | Piece, name: string, at: number): Place | undefined {
  const outline = outlineOf(page), entry = outline.last(at);
  const isThere = outline.starts[entry] === at && outline.ends[entry]! < Infinity;
  return isThere && !outline.hidden && outline.count(name) === 1 ? outline.parents[entry] : undefined;
}

/** Where an element begins and ends in the body, and what it stands in. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly place: Place;
}

/**
 * Where the one element of that id stands; `undefined` where there is none, the id is there more than once, or the
 * element is not understood to its end.
 */
export function spanOf(page: Rendered, id: string): Span | undefined {
  const outline = outlineOf(page), { starts, ends, parents } = outline;
  if (outline.hidden || countName(page, id) !== 1) return undefined;
  const entry = starts.findIndex((_, entry) => outline.name(entry) === id);
  const start = starts[entry], end = ends[entry], place = parents[entry];
  if (start === undefined || end === undefined || place === undefined || end === Infinity) return undefined;
  return { start, end, place };
}

/** The markup of the one element of that id; `undefined` as for {@linkcode spanOf}. */
export function elementOf(page: Rendered, id: string): string | undefined {
  const span = spanOf(page, id);
  return span === undefined ? undefined : page.body.slice(span.start, span.end);
}

/** Whether a parser builds in this place what the markup of an element says, and nothing else, under names that show. */
export function fits(html: string, place: Place): boolean {
  if (html.includes("\0")) return false;
  const recorder = new Recorder(new Map());
  // Counters are another's.
  const scan = new Scanner(html, 0, { ...place }, recorder);
  return scan.skip() && scan.at === html.length && !recorder.isHidden;
}

/** Whether two places are the same to a parser. */
export function isSamePlace(a: Place, b: Place): boolean {
  return a === b || (a.rule === b.rule && a.bits === b.bits && a.depth === b.depth && a.sealed === b.sealed);
}

/** How often a page, or a piece of one, has a name: an id; or a key, with a blank before it. */
export function countName(page: Rendered | Piece, name: string): number {
  const count = outlineOf(page).count(name);
  if (!("head" in page)) return count;
  const { ids, hidden } = namesOf(page.head);
  return count + (hidden || ids.has(name) ? 1 : 0);
}

/** The names of many pieces: of all that people see in a page which they share. */
export class PieceNames implements Elsewhere {
  readonly #counts: Counts = new Map();
  readonly #pieces = new Map<object, readonly (readonly [hash: number, count: number])[]>();

  /**
   * Counts the names in a piece, but for that of the piece itself, which stands around it, too. One that has no place
   * that is known is sent with all that is around it, and needs none.
   */
  add(piece: { readonly body: string; readonly place: Place | undefined }, name: string): void {
    if (piece.place === undefined || this.#pieces.has(piece)) return;
    const own = hashName(name);
    const counts = [...outlineOf(piece as Piece).counts]
      .map(([hash, count]) => [hash, count - (hash === own ? 1 : 0)] as const).filter(([, count]) =>
        count > 0
      );
    this.#pieces.set(piece, counts);
    for (const [hash, count] of counts) addCount(this.#counts, hash, count);
  }

  /** Counts them no longer. */
  remove(piece: object): void {
    for (const [hash, count] of this.#pieces.get(piece) ?? []) {
      const left = (this.#counts.get(hash) ?? 0) - count;
      if (left > 0) this.#counts.set(hash, left);
      else this.#counts.delete(hash);
    }
    this.#pieces.delete(piece);
  }

  has(name: string): boolean {
    return this.#counts.has(hashName(name));
  }
}

const nowhere: Elsewhere = { has: () => false };

/** How many times the body's length naming elements may cost. */
const WORTH = 1.25;

/** How often names that turn out to be none are left aside before the body is sent. */
const ATTEMPTS = 4;

// As long as somebody holds the render, and one of it: an outline goes on to the render that takes its place.
const outlines = new WeakMap<object, Outline>();

function outlineOf(page: Rendered | Piece): Outline {
  let outline = outlines.get(page);
  if (outline === undefined) {
    outline = Outline.of(page, "place" in page ? page.place : undefined);
    outlines.set(page, outline);
  }
  return outline;
}

function inherit(before: object, after: Rendered | Piece): void {
  const outline = outlines.get(before);
  if (outline === undefined || before === after) return;
  outlines.delete(before);
  outline.source = after;
  outlines.set(after, outline);
}

function findPageChanges(before: Rendered, after: Rendered, elsewhere: Elsewhere): Operation[] | undefined {
  const heads = namesOf(before.head === after.head ? after.head : before.head + after.head);
  if (heads.hidden) return undefined;
  return findChanges(before, after, { elsewhere, barred: heads.ids, top: undefined });
}

function findChanges(
  before: Rendered | Piece,
  after: Rendered | Piece,
  { elsewhere, barred, top }: { elsewhere: Elsewhere; barred: Iterable<string>; top: Place | undefined },
): Operation[] | undefined {
  if (before.body.includes("\0") || after.body.includes("\0")) return undefined; // dropped in one place, replaced in another
  const outline = outlineOf(before);
  const all = new Set(barred);
  const again = changedAgain(outline, after, (name) => all.has(name) || elsewhere.has(name));
  if (again !== undefined) {
    outlines.delete(before);
    outlines.set(after, again.next);
    return [again.operation];
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const changes = new Changes({ outline, after, barred: all, elsewhere, top });
    if (!changes.find()) return undefined;
    const { next, doubtful } = changes.settle();
    if (doubtful.length > 0) {
      for (const name of doubtful) all.add(name);
      continue;
    }
    if (next === undefined) return undefined;
    outlines.delete(before);
    outlines.set(after, next);
    return changes.operations(next);
  }
  return undefined;
}

// The text that had changed last has changed, and nothing else has.
function changedAgain(
  outline: Outline,
  after: Rendered | Piece,
  isBarred: (name: string) => boolean,
): { operation: Operation; next: Outline } | undefined {
  const { lone } = outline;
  if (lone === undefined) return undefined;
  const { html } = outline, { body } = after;
  const { from, to, address, names, isPre } = lone;
  const by = body.length - html.length, end = to + by;
  if (end < from || body.slice(end) !== html.slice(to) || body.slice(0, from) !== html.slice(0, from)) {
    return undefined;
  }
  const written = body.slice(from, end);
  const text = written.includes("<") ? undefined : decode(written);
  if (text === undefined || (isPre && text.startsWith("\n")) || names.some(isBarred)) return undefined;
  return { operation: ["text", address, text], next: outline.shifted(after, lone, by) };
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
