/**
 * Attributes of elements that are the page's own affair: `data-reflex-ignore="class style data-*"`.
 *
 * @module
 */

import { Attribute, OURS } from "../protocol/markers.ts";
import { attribute, get, has } from "./dom.ts";
import { isRenamed } from "./strangers.ts";

/** Makes `to`, to whose attributes an element is about to be brought, say of some what that has already. */
export function spare(from: Element, to: Element): void {
  // What somebody has called an element that has no name, it is called.
  if (isRenamed(from) && !has(to, "id")) get(to, "setAttribute").call(to, "id", get(from, "id"));
  const words = attribute(from, Attribute.ignore) ?? attribute(to, Attribute.ignore);
  const names = words?.match(/[\w.:*-]+/g)?.join("|").replaceAll("*", ".*");
  if (!names) return;
  for (const { name } of [...get(from, "attributes"), ...get(to, "attributes")]) {
    if (OURS.test(name) || !RegExp(`^(?!id$|${Attribute.key}$)(${names})$`).test(name)) continue;
    const value = attribute(from, name);
    if (value === null) get(to, "removeAttribute").call(to, name);
    else get(to, "setAttribute").call(to, name, value);
  }
}
