/**
 * The element that a test means; or what it may have meant.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";

/** So many candidates help; more are a list to be searched. */
const CANDIDATES = 8;

/**
 * The first element that a selector names.
 *
 * @param doing what it is wanted for: `click`
 * @throws Error that lists what the page has instead
 */
export function find(document: Document, selector: string, doing: string): Element {
  const element = select(document, selector, doing)[0];
  if (element === undefined) {
    throw new Error(
      `Cannot ${doing} ${selector}: nothing on the page is so. ${candidates(document, selector)}`,
    );
  }
  return element;
}

/**
 * All elements that a selector names.
 *
 * @throws Error where it is no selector
 */
export function select(document: Document, selector: string, doing: string): Element[] {
  try {
    return [...document.querySelectorAll(selector)];
  } catch (error) {
    throw new Error(`Cannot ${doing} ${selector}: it is not a selector.`, { cause: error });
  }
}

/** Names that stand on several elements of the page. */
export function duplicateIds(document: Document): string[] {
  const seen = new Set<string>(), twice = new Set<string>();
  for (const { id } of document.querySelectorAll("[id]")) {
    if (seen.has(id)) twice.add(id);
    else seen.add(id);
  }
  return [...twice];
}

function candidates(document: Document, selector: string): string {
  if (selector.includes(Attribute.reflex)) {
    const offers = [...document.querySelectorAll(`[${Attribute.reflex}]`)]
      .map((element) => element.getAttribute(Attribute.reflex) ?? "");
    return listed("It offers", nearest([...new Set(offers)], selector));
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => `#${id}`);
  return listed("Its ids are", nearest(ids, selector));
}

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return "It has no ids at all.";
  const shown = names.slice(0, CANDIDATES);
  const rest = names.length - shown.length;
  return `${what}${rest > 0 ? ", the nearest first," : ""} ${shown.join(", ")}${
    rest > 0 ? ` and ${rest} more` : ""
  }.`;
}

/** The most similar first: those that have most pairs of letters in common. */
function nearest(names: readonly string[], to: string): string[] {
  const wanted = pairsOf(to);
  const likeness = (name: string) => {
    const pairs = pairsOf(name);
    const common = [...pairs].filter((pair) => wanted.has(pair)).length;
    return common / (pairs.size + wanted.size || 1);
  };
  return names.map((name) => [name, likeness(name)] as const)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name);
}

function pairsOf(text: string): Set<string> {
  const letters = text.toLowerCase();
  return new Set(Array.from(letters.slice(1), (letter, index) => letters[index] + letter));
}
