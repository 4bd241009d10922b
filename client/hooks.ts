/**
 * Asking the page's own scripts before an element changes, and telling them when it has: by events, whose listeners
 * fail each for itself.
 *
 * @module
 */

import type { Operation } from "../protocol/operations.ts";
import { changeAttributes, client, parseInside } from "./core.ts";
import { want } from "./come.ts";
import { announce, get } from "./dom.ts";
import { Hook } from "./hook.ts";
import { isIsland, slotOf } from "./island.ts";
import { adopt } from "./strangers.ts";

/** Elements that have changed in the patch under way. */
const changed = new Set<Element>();

/** Whether an element may be brought to another, or removed. */
export function mayChange(element: Element, next: Element | null): boolean {
  if (!client?.hooked) return true;
  if (!announce(document, Hook.before, [element, next])) return false;
  changed.add(element);
  return true;
}

/** Whether an element stays as it is; what is the same is the server's, whoever has written it. */
export function stays(from: Element, to: Element, same: boolean): boolean {
  if (same) adopt(from);
  if (same || !mayChange(from, to)) return true;
  if (isIsland(from)) {
    get(to, "replaceChildren").call(
      to,
      ...[slotOf(to)].filter((slot) => slot !== undefined),
    );
  }
  return false;
}

/** Whether an operation must not do to an element what no markup says. */
export function isHeld(element: Element, [name, , change]: Operation): boolean {
  const isText = name === "text";
  if (!client?.hooked || (!isText && name !== "attributes")) return false;
  const next = parseInside(element, isText ? "" : element.innerHTML);
  if (isText) next.textContent = change as string;
  else changeAttributes(next, change as unknown as Record<string, string | null>);
  return !mayChange(element, next);
}

/** The patch is over. */
export function tellChanged(): void {
  const elements = [...changed];
  changed.clear();
  want();
  for (const element of elements) announce(document, Hook.after, [element]);
}
