/**
 * Where a person is on the page, kept while it changes: fields, focus, caret, selection, scroll positions.
 *
 * @module
 */

import { onPage, page } from "./dom.ts";
import { settleFields } from "./fields.ts";

/** Elements that somebody has scrolled; whoever leaves the page leaves the list. */
const scrolled = new Set<Element>();

/** Takes down that an element was scrolled. */
export function markScrolled(target: EventTarget | null): void {
  if (target instanceof Element) scrolled.add(target);
}

/** Runs a change of the page. `wholly` when the window's own position may be at stake. */
export function keepPlace(change: () => void, wholly: boolean): void {
  // Writing into a field moves its caret.
  const restores = [settleFields, keepFocus(), keepScroll(wholly)];
  try {
    change();
  } finally {
    for (const restore of restores) restore();
  }
}

function keepFocus(): () => void {
  const active = page("activeElement") as HTMLInputElement | null;
  // Not every element has a caret; those that have none say null, or nothing.
  const { selectionStart: start, selectionEnd: end, selectionDirection: direction } = active ?? {};
  return () => {
    if (!active || !onPage(active)) return;
    if (page("activeElement") !== active) active.focus({ preventScroll: true });
    // The element may be of another kind by now, without a caret or with its first.
    if (start == null || active.selectionStart === null) return;
    if (active.selectionStart === start && active.selectionEnd === end) return;
    active.setSelectionRange(start, end as number, direction as "none");
  };
}

function keepScroll(wholly: boolean): () => void {
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
