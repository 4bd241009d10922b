/**
 * Words behind an event: which of these events are meant (`keydown.enter`, `click.outside`), and what becomes of them
 * (`.prevent`, `.stop`).
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import type { Offer } from "./bindings.ts";
import { all, closest, page } from "./dom.ts";

/** Names of keys that stand for those of `KeyboardEvent.key`. */
const keys: Readonly<Record<string, string>> = {
  esc: "escape",
  space: " ",
  up: "arrowup",
  down: "arrowdown",
  left: "arrowleft",
  right: "arrowright",
  plus: "+",
  dot: ".",
};

/** Keys that are held with another. */
const held = ["ctrl", "shift", "alt", "meta"] as const;

/** Words that name no key. */
const ours: ReadonlySet<string> = new Set([
  ...["prevent", "stop", "once", "self", "outside", "window", "document"],
  ...held,
]);

/** Offers that are over, by their element. */
const done = new WeakMap<Element, Set<string>>();

/** Names an offer of an element. */
export function nameOf({ type, words, target, position }: Offer): string {
  return `${position} ${type}${words}->${target}`;
}

function wordsOf({ words }: Offer): string[] {
  return words.split(".").slice(1);
}

function isBeyond(word: string): boolean {
  return word === "outside" || word === "window" || word === "document";
}

/** Whether an event is one that an offer means; `beyond` its element, or in it. */
export function accepts(element: Element, offer: Offer, event: Event, beyond: boolean): boolean {
  const words = wordsOf(offer);
  if (words.some(isBeyond) !== beyond) return false;
  if (words.includes("self") && event.target !== element) return false;
  if (words.includes("outside") && event.composedPath().includes(element)) return false;
  // The window hears of what happens in the document as well.
  if (beyond && words.includes("window") !== (event.currentTarget !== document)) return false;
  if (words.includes("once") && done.get(element)?.has(nameOf(offer))) return false;
  return !offer.type.startsWith("key") || isKey(words, event as KeyboardEvent);
}

// All held keys that are named, and one of the others where any is.
function isKey(words: readonly string[], event: KeyboardEvent): boolean {
  if (!held.every((key) => !words.includes(key) || event[`${key}Key`])) return false;
  const named = words.filter((word) => !ours.has(word));
  return named.length === 0 || named.some((word) => (keys[word] ?? word) === event.key?.toLowerCase());
}

/** Elements that may offer something for events that happen beyond them. */
export function beyond(offers: readonly Offer[], event: Event): Element[] {
  const found = new Set<Element>();
  for (const offer of offers) {
    if (offer.type !== event.type || !wordsOf(offer).some(isBeyond)) continue;
    for (
      const element of all(page("documentElement"), `[${Attribute.reflex}*="${offer.type}${offer.words}"]`)
    ) {
      if (!closest(element, `[${Attribute.raw}]`)) found.add(element);
    }
  }
  return [...found];
}

/** Does to an event that was accepted what the words of its offer say. */
export function carryOut(element: Element, offer: Offer, event: Event): void {
  const words = wordsOf(offer);
  if (words.includes("prevent")) event.preventDefault();
  if (words.includes("stop")) event.stopPropagation();
  if (words.includes("once")) done.set(element, (done.get(element) ?? new Set()).add(nameOf(offer)));
}
