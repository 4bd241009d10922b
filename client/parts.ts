/**
 * Parts of a page that are patched by themselves.
 *
 * @module
 */

import { Attribute, IslandMark } from "../protocol/markers.ts";
import { want } from "./come.ts";
import { all, attribute, closest, first, get, has } from "./dom.ts";
import { isShown } from "./island.ts";
import type { Ids } from "./morph.ts";
import type { Hooks } from "./plain_morph.ts";

/**
 * Live parts in `to` that keep the content that they have in `from`: nothing comes for it, and nothing goes from there to
 * another place. A page that is loaded anew brings all of its parts along with what is in them, and needs none of this.
 *
 * @param ours elements of `from`; those in such parts are taken out
 * @param theirs elements of `to`
 */
export function partsThatStay(
  from: Element,
  to: Element,
  ours: Ids,
  theirs: Ids,
  nameOf: Hooks["nameOf"],
): ReadonlySet<Element> {
  want(theirs);
  const parts = new Set<Element>();
  // What islands show has names of its own.
  for (const ids of first(from, IslandMark.element) || first(to, IslandMark.element) ? [ours, theirs] : []) {
    ids.forEach((elements, id) => ids.set(id, elements.filter((element) => !isShown(element))));
  }
  for (const part of all(to, `[${Attribute.live}]`)) {
    const [mine] = nameOf(part) && ours.get(attribute(part, "id")) || [];
    // What looks like one in raw HTML is none.
    if (!mine || !has(mine, Attribute.live) || get(part, "firstChild") || isRaw(part) || isRaw(from)) {
      continue;
    }
    parts.add(part);
    for (const inside of all(mine, "[id]")) ours.delete(attribute(inside, "id"));
  }
  return parts;
}

function isRaw(element: Element): boolean {
  return !!closest(element, `[${Attribute.raw}]`);
}
