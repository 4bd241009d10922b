/**
 * Finding elements by what the server calls them.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import type { Address } from "../protocol/operations.ts";
import { patches } from "./beside.ts";
import { all, attribute, contains, get, onPage, page } from "./dom.ts";
import { isOurs } from "./ours.ts";
import { refuse } from "./refuse.ts";

/** Elements by their keys, where they were asked for: one patch names many of a list, which is read through once. */
const known = new Map<Element, Map<string | null, Element[]>>();

/**
 * The element that an address names, or nothing when it stands in what is not the server's: there it may be another
 * by now, or gone.
 *
 * @throws TypeError when there is no such element
 */
export function find(address: Address): Element | undefined {
  const [id, ...steps] = typeof address === "string" ? [address] : address;
  let element: Element | null | undefined = id ? page("getElementById").call(document, id) : page("body");
  for (const step of steps) {
    if (!element) break;
    const next = take(element, step);
    if (!next && !isOurs(element)) return undefined;
    element = next;
  }
  if (!element) refuse(address);
  if (!isOurs(parentOf(element) as Element)) return undefined;
  return onPage(element) ? element : refuse(address); // a script has taken it away
}

/** Forgets where keyed elements were: others may have come since. */
export function forget(): void {
  known.clear();
}

function take(from: Element, step: string | number): Element | null | undefined {
  if (typeof step === "string") return keyed(from, step);
  return step === -1 ? parentOf(from) : (patches?.contentOf(from) ?? get(from, "children"))[step];
}

/** What the server has put an element into. */
function parentOf(element: Element): Element | null {
  return patches?.homeOf(element) ?? get(element, "parentElement");
}

/** The one descendant of that key. A key that occurs twice names nothing. */
function keyed(root: Element, key: string): Element | undefined {
  const look = () =>
    known.get(root)?.get(key)?.filter((one) => attribute(one, Attribute.key) === key && contains(root, one));
  if (look()?.length !== 1) {
    known.set(root, Map.groupBy(all(root, `[${Attribute.key}]`), (one) => attribute(one, Attribute.key)));
  }
  const [one, another] = look() ?? [];
  return another ? undefined : one;
}
