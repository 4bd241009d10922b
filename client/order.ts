/**
 * Another order for elements side by side, with as few moves as it needs.
 *
 * @module
 */

import { after, holdFields, place } from "./core.ts";
import { get, page } from "./dom.ts";
import { refuse } from "./refuse.ts";

/**
 * Puts an element and those behind it in another order: see `OrderOperation`.
 *
 * @throws TypeError when the runs do not name each position once
 */
export function order(first: Element, runs: readonly number[]): void {
  const parent = get(first, "parentElement") as Element, old: Element[] = [], positions: number[] = [];
  for (let next: Element | null = first; next; next = get(next, "nextElementSibling")) old.push(next);
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i]!, length = runs[i + 1]!;
    // One that is not there is enough to see that something is wrong.
    for (let n = 0; n < Math.abs(length); n++) {
      const position = start + (length < 0 ? -n : n);
      if (!old[position] || positions.length > old.length) refuse(runs);
      positions.push(position);
    }
  }
  if (positions.toSorted((a, b) => a - b).some((position, i) => position !== i)) refuse(runs);
  holdFields(parent); // a select
  const stays = longestRise(positions);
  let at = after(old[positions.length - 1] ?? first);
  // Quicker by far; but a window that was scrolled would follow the element that it shows.
  const moves = "moveBefore" in parent && !page("scrollingElement")?.scrollTop || undefined;
  // Back to front: whatever comes behind an element is in its place already.
  for (const position of positions.reverse()) {
    const element = old[position] as Element;
    if (!stays.has(position)) place(parent, element, at, moves);
    at = element;
  }
}

/** As many positions as can stay where they are: those of a longest rising subsequence. */
function longestRise(positions: readonly number[]): Set<number> {
  /** The least last position of a rise of each length; and what comes before each in its rise. */
  const lasts: number[] = [], before: (number | undefined)[] = [];
  for (const position of positions) {
    // From the end: most lists are nearly in order.
    const length = lasts.findLastIndex((last) => last < position) + 1;
    lasts[length] = position;
    before[position] = lasts[length - 1];
  }
  const rise = new Set<number>();
  for (let at = lasts.at(-1); at !== undefined; at = before[at]) rise.add(at);
  return rise;
}
