/**
 * Another order for elements side by side, with as few moves as it needs.
 *
 * @module
 */

import { after, holdFields } from "./core.ts";
import { get, page } from "./dom.ts";
import { refuse } from "./refuse.ts";
import { beyond, contentOf, homeOf, move, settle } from "./strangers.ts";

/**
 * Puts an element and those behind it in another order: see `OrderOperation`.
 *
 * @throws TypeError when the runs do not name each position once
 */
export function order(first: Element, runs: readonly number[]): void {
  const parent = homeOf(first) as Element, all = [...contentOf(parent)];
  const from = all.indexOf(first), old = all.slice(from), positions: number[] = [];
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
  // Where others have changed the order, the server's does not say what can stay.
  const known = new Set(old), now = [...get(parent, "children")].filter((element) => known.has(element));
  const stays = longestRise(now.every((element, i) => element === old[i]) ? positions : []);
  let at = beyond(after(old[positions.length - 1] ?? first));
  // Quicker by far; but a window that was scrolled would follow the element that it shows.
  const moves = "moveBefore" in parent && !page("scrollingElement")?.scrollTop || undefined;
  // Back to front: whatever comes behind an element is in its place already.
  const ordered = positions.map((position) => old[position] as Element);
  for (const position of positions.toReversed()) {
    const element = old[position] as Element;
    if (get(element, "parentElement") !== parent) continue; // somebody has put it elsewhere
    if (!stays.has(position)) move(parent, element, at, moves);
    at = element;
  }
  settle(parent, all.toSpliced(from, ordered.length, ...ordered));
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
