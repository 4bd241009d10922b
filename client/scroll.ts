/**
 * Scroll positions, kept while the page changes. A browser tells what was scrolled with its next frame: what a script has
 * scrolled before that is only kept by what is not moved.
 *
 * @module
 */

import { onPage, page } from "./dom.ts";

/** Elements that somebody has scrolled; whoever leaves the page leaves the list. */
const scrolled = new Set<Element>();

/** Takes down that an element was scrolled. */
export function markScrolled(element: Element): void {
  scrolled.add(element);
}

/** Takes down where everything is; what it gives, brings it there again. `wholly`: the window too. */
export function keepScroll(wholly: boolean): () => void {
  const places: [element: Element, left: number, top: number][] = [];
  const root = wholly && page("scrollingElement");
  for (const element of root ? [root, ...scrolled] : scrolled) {
    if (onPage(element)) places.push([element, element.scrollLeft, element.scrollTop]);
    else scrolled.delete(element);
  }
  return () => {
    for (const [element, left, top] of places) {
      if (element.scrollLeft === left && element.scrollTop === top) continue;
      // The page's own style may ask for smooth scrolling, and then would be seen on its way.
      element.scrollTo({ left, top, behavior: "instant" });
    }
  };
}
