/**
 * What one browser shows: a page, and the parts in it.
 *
 * @module
 */

import type { Operation } from "../../protocol/operations.ts";
import type { Topic } from "../bus/topic.ts";
import {
  countName,
  diff,
  diffPiece,
  type Elsewhere,
  fits,
  isSamePlace,
  type Piece,
  type Place,
  placeOf,
  type Rendered,
} from "../patch/diff.ts";
import type { Join } from "./joins.ts";
import type { PlacedSlot } from "./live_slot.ts";
import type { Offers } from "./offers.ts";

/** What a render of a page gave. Its slots are empty in it. */
export interface Render {
  /** Everything in `head` but our script. */
  readonly head: string;
  /** The children of `body`. */
  readonly body: string;
  /** The calls it contains. */
  readonly offers: Offers;
  /** The places of its parts, in the order of the body. */
  readonly slots: readonly PlacedSlot[];
  /** What makes it anew. */
  readonly topics: readonly Topic[];
  /** Who it says is on which topic, while it is shown; of a page that many share, nobody. */
  readonly joins: readonly Join[];
  /** It shows what had changed up to then: see `Topics.now`. */
  readonly since: number;
  /** Takes less room until it is read again. */
  rest?(): void;
}

/** What a render of a part gave: one element. The slots in it are empty. */
export interface Part {
  /** The place that it was made for. */
  readonly slot: PlacedSlot;
  /** Its element. */
  readonly body: string;
  readonly offers: Offers;
  /** The places of the parts in it. */
  readonly slots: readonly PlacedSlot[];
  readonly topics: readonly Topic[];
  readonly joins: readonly Join[];
  readonly since: number;
  /** What its element stands in, as far as that is known: see {@linkcode settle}. */
  place: Place | undefined;
}

/** The parts of a page by their ids, those around others first. */
export type PartsById = ReadonlyMap<string, Part>;

/** A page with its parts. */
export interface Shown {
  readonly render: Render;
  readonly parts: PartsById;
}

/** The whole body, as a browser gets it. */
export function fullBody({ render, parts }: Shown): string {
  return filled(render.body, render.slots, parts);
}

/** The parts that lie in a page, or in another part, in the order of the page; those in them come behind them. */
export function* partsIn(slots: readonly PlacedSlot[], parts: PartsById): Iterable<Part> {
  for (const { id } of slots) {
    const part = parts.get(id);
    if (part === undefined) continue;
    yield part;
    yield* partsIn(part.slots, parts);
  }
}

/** The parts for which there is a place. */
export function placed({ render, parts }: Shown): PartsById {
  if (parts.size === 0) return parts;
  const found = new Map([...partsIn(render.slots, parts)].map((part) => [part.slot.id, part]));
  return found.size === parts.size ? parts : found;
}

/** The whole page as operations: for a browser of which it is not known what it shows. */
export function whole(shown: Shown): Operation[] {
  return [["head", shown.render.head.toWellFormed()], ["body", fullBody(shown).toWellFormed()]];
}

/** Whether these operations send the whole page. */
export function isWhole(operations: readonly Operation[]): boolean {
  return operations.some(([name]) => name === "body");
}

/**
 * What a browser has to do that shows `before`. What is the same object in both is not compared.
 */
export function difference(before: Shown, after: Shown): Operation[] {
  if (after.parts.size === 0 && before.parts.size === 0) {
    return before.render === after.render ? [] : diff(before.render, after.render);
  }
  if (!settle(before)) return whole(after);
  // The page is changed first: then what is in the parts is still what was.
  const elsewhere = { has: (name: string) => isIn(before.parts, undefined, name) };
  const own = before.render === after.render ? [] : diff(before.render, after.render, elsewhere);
  if (isWhole(own)) return whole(after);
  const inParts = partDifference(before.parts, after, touched(own, after.render.slots));
  return inParts === undefined ? whole(after) : [...own, ...inParts];
}

/**
 * What a browser has to do with the parts in a page, once the page around them is as it should be. `undefined` where
 * there is no saying.
 *
 * @param before the parts that it shows
 * @param stale ids of those that may have lost what is in them
 */
export function partDifference(
  before: PartsById,
  after: Shown,
  stale: ReadonlySet<string>,
): Operation[] | undefined {
  // What nobody understood may have gone astray, and is not where its place was.
  if (!settle(after, before) || [...before.values()].some(({ place }) => place === undefined)) {
    return undefined;
  }
  const operations: Operation[] = [];
  const sent = new Set<string>(), lost = new Set(stale);
  for (const part of partsIn(after.render.slots, after.parts)) {
    const { id } = part.slot;
    if (sent.has(id)) continue;
    const elsewhere: Elsewhere = {
      has: (name) =>
        isAround(after.render, part, name) || isIn(after.parts, part, name) || isIn(before, part, name),
    };
    if (elsewhere.has(id)) return undefined;
    const changes = lost.has(id) ? undefined : changesOf(before.get(id), part, elsewhere);
    if (changes === undefined) {
      operations.push(["morph", id, outer(part, after.parts).toWellFormed()]);
      for (const { slot } of partsIn([part.slot], after.parts)) sent.add(slot.id);
      continue;
    }
    operations.push(...changes);
    for (const inside of touched(changes, part.slots)) lost.add(inside);
  }
  return operations;
}

function changesOf(old: Part | undefined, part: Part, elsewhere: Elsewhere): Operation[] | undefined {
  if (old === part) return [];
  if (old?.place === undefined || part.place === undefined || old.slot.open !== part.slot.open) {
    return undefined;
  }
  return isSamePlace(old.place, part.place)
    ? diffPiece(old as SettledPart, part as SettledPart, elsewhere)
    : undefined;
}

/** A part of which it is known what it stands in. */
type SettledPart = Part & Piece;

/**
 * Finds out what each part stands in. False where a parser might build another tree than the markup says: nothing in
 * this page can be patched by itself then.
 *
 * @param known parts that were settled before
 */
export function settle({ render, parts }: Shown, known: PartsById = parts): boolean {
  return settleIn(render, render.slots, parts, known);
}

function settleIn(
  around: Rendered | SettledPart | undefined,
  slots: readonly PlacedSlot[],
  parts: PartsById,
  known: PartsById,
): boolean {
  let isSettled = true;
  for (const slot of slots) {
    const part = parts.get(slot.id);
    if (part === undefined) continue;
    const place = around === undefined ? undefined : placeOf(around, slot.id, slot.at - slot.open.length);
    const like = part.place === undefined ? known.get(slot.id) : part;
    const isKnown = place !== undefined && like?.place !== undefined && like.body === part.body &&
      isSamePlace(like.place, place);
    part.place = isKnown || (place !== undefined && fits(part.body, place)) ? place : undefined;
    const inside = part.place === undefined ? undefined : part as SettledPart;
    isSettled = settleIn(inside, part.slots, parts, known) && inside !== undefined && isSettled;
  }
  return isSettled;
}

/** Ids of slots whose element was sent, empty as it is around a part. */
export function touched(operations: readonly Operation[], slots: readonly PlacedSlot[]): Set<string> {
  const found = new Set<string>();
  for (const { id, open } of slots) {
    if (
      operations.some((operation) =>
        operation.some((item) => typeof item === "string" && item.includes(open))
      )
    ) {
      found.add(id);
    }
  }
  return found;
}

/** Whether a name stands in the page around a part. There the part's own element stands, too, and is empty. */
function isAround(render: Render, { slot: { id } }: Part, name: string): boolean {
  const own = name === id && render.slots.some((slot) => slot.id === id) ? 1 : 0;
  return countName(render, name) > own;
}

/** Whether a name stands in a part other than this one. */
function isIn(parts: PartsById, part: Part | undefined, name: string): boolean {
  for (const other of parts.values()) {
    const { slot: { id }, slots, place } = other;
    if (id === part?.slot.id) continue;
    if (place === undefined) return true;
    // An element of a part is its own, and that of a part in it.
    const own = (name === id ? 1 : 0) +
      (name === part?.slot.id && slots.some((slot) => slot.id === name) ? 1 : 0);
    if (countName(other as SettledPart, name) > own) return true;
  }
  return false;
}

function filled(html: string, slots: readonly PlacedSlot[], parts: PartsById): string {
  if (slots.length === 0) return html;
  let result = "", from = 0;
  for (const slot of slots) {
    const part = parts.get(slot.id);
    result += html.slice(from, slot.at);
    if (part !== undefined) result += inside(part, parts);
    from = slot.at;
  }
  return result + html.slice(from);
}

/** What is in the element of a part, with the parts in it. */
export function inside(part: Part, parts: PartsById): string {
  const { open, name } = part.slot;
  return outer(part, parts).slice(open.length, -(name.length + "</>".length));
}

function outer(part: Part, parts: PartsById): string {
  return filled(part.body, part.slots, parts);
}
