/**
 * An element shows that a reflex of its is under way: a class for the eye, `aria-busy` for the ear.
 *
 * @module
 */

import { Loading } from "../protocol/markers.ts";

/** How many are. */
const counts = new Map<Element, number>();

/** One more, or by -1 one less. */
export function countBusy(element: Element, by: number): void {
  const count = (counts.get(element) ?? 0) + by;
  if (count > 0) {
    counts.set(element, count);
    element.classList.add(Loading.name);
    element.setAttribute(Loading.busy, "true");
    return;
  }
  counts.delete(element);
  element.classList.remove(Loading.name);
  element.removeAttribute(Loading.busy);
  if (element.classList.length === 0) element.removeAttribute("class");
}
