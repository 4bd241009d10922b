/**
 * What a frame does for those who hear the page or are at a keyboard. What scripts of the page do at other times is not
 * a matter of patches.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import { Attribute } from "../protocol/markers.ts";
import { announceNews } from "./announce.ts";
import { all, get, page } from "./dom.ts";
import { focusFirst, leave } from "./focus.ts";

/** Elements that are seen for a while yet. */
const leaving = new WeakSet<Element>();

/** Hears a frame, says what has come to lists and gone from them, and gives the focus to what asks for it. */
export function attend(hear: () => void, clock: Clock): void {
  const root = page("documentElement"), autofocus = "[autofocus]";
  const asked = new Set(all(root, autofocus));
  const lists = all(root, `[${Attribute.announce}]`).map((list) => [list, childrenOf(list)] as const);
  hear();
  for (const [list, before] of lists) {
    const now = childrenOf(list);
    announceNews(list, [...now.difference(before)], before.difference(now).size, clock);
  }
  // As at the load of a page: when nothing has it.
  focusFirst(all(root, autofocus).filter((one) => !asked.has(one)));
}

function childrenOf(list: Element): Set<Element> {
  return new Set([...get(list, "children")].filter((one) => !leaving.has(one)));
}

/** Before an element begins to go: whatever is seen of it, it is gone. */
export function goes(element: Element): void {
  leaving.add(element);
  leave(element);
}
