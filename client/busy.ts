/**
 * An element shows that a reflex of its is under way: a class for the eye, `aria-busy` for the ear.
 *
 * @module
 */

import { Loading } from "../protocol/markers.ts";
import { get } from "./dom.ts";

/** How many are. */
const counts = new Map<Element, number>();

/** One more is; the function that it returns says that it is over. */
export function showBusy(element: Element): () => void {
  count(element, 1);
  return () => count(element, -1);
}

function count(element: Element, by: number): void {
  const all = (counts.get(element) ?? 0) + by, classes = get(element, "classList");
  if (all > 0) {
    counts.set(element, all);
    classes.add(Loading.name);
    get(element, "setAttribute").call(element, Loading.busy, "true");
    return;
  }
  counts.delete(element);
  classes.remove(Loading.name);
  const remove = get(element, "removeAttribute");
  remove.call(element, Loading.busy);
  if (classes.length === 0) remove.call(element, "class");
}
