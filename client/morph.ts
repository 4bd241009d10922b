/**
 * Bringing elements of the page to what the server says they are.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { all, attribute, closest, get, has } from "./dom.ts";
import { FIELDS, holdFields, isField, RADIOS } from "./fields.ts";
import { keepOpen } from "./open.ts";
import { isEdited } from "./ours.ts";
import { add, type Hooks, morphAttributes, morphChildren, morphPlainly } from "./plain_morph.ts";

/**
 * Brings `from`, or only its children, to `to`, which is used up. Both are of the same name and id, and `to` is swept.
 */
export function morph(from: Element, to: Element, childrenOnly = false): void {
  holdFields(from, FIELDS);
  holdFields(to, RADIOS);
  const hooks = hooksFor(from, to);
  if (childrenOnly) morphChildren(from, to, hooks);
  else if (get(from, "nodeName") === get(to, "nodeName")) morphPlainly(from, to, hooks);
  else {
    add(get(from, "parentElement") as Element, to, from, hooks);
    get(from, "remove").call(from);
  }
}

type Ids = Map<string | null, Element[]>;

function hooksFor(from: Element, to: Element): Hooks {
  const [theirs, ours] = [to, from].map((root) =>
    Map.groupBy([root, ...all(root, "[id]")], (element) => attribute(element, "id"))
  ) as [Ids, Ids];
  /** Live parts that keep their content: nothing comes for it, and nothing goes from there to another place. */
  const parts = new Set<Element>();
  const hooks: Hooks = {
    // Ids name nodes, but for those that occur twice: they name nothing.
    nameOf(node) {
      const id = node instanceof Element && attribute(node, "id");
      return id && !theirs.get(id)?.[1] && !ours.get(id)?.[1] ? id : undefined;
    },
    find(like) {
      const id = hooks.nameOf(like), [found] = id && ours.get(id) || [];
      const border = found && closest(found, `[${Attribute.permanent}]`);
      return border && border !== found ? undefined : found;
    },
    begin(from, to) {
      if (has(from, Attribute.permanent)) return false;
      keepOpen(from, to);
      if (from instanceof HTMLTemplateElement) {
        from.content.replaceChildren(...(to as HTMLTemplateElement).content.childNodes);
      }
      if (get(from, "isEqualNode").call(from, to)) return false;
      const part = parts.has(to), field = isField(from) || from instanceof HTMLOptionElement;
      if (!part && !field && !isEdited(from)) return true;
      // What is in a field is what the person has written there.
      morphAttributes(from, to);
      if (part) return false;
      if (from instanceof HTMLSelectElement) morphChildren(from, to, hooks);
      else if (field && from.textContent !== to.textContent) from.textContent = to.textContent;
      return false;
    },
  };
  for (const part of all(to, `[${Attribute.live}]`)) {
    const [mine] = hooks.nameOf(part) && ours.get(attribute(part, "id")) || [];
    // What looks like one in raw HTML is none.
    if (!mine || !has(mine, Attribute.live) || get(part, "firstChild") || isRaw(part) || isRaw(from)) {
      continue;
    }
    parts.add(part);
    for (const inside of all(mine, "[id]")) ours.delete(attribute(inside, "id"));
  }
  return hooks;
}

function isRaw(element: Element): boolean {
  return !!closest(element, `[${Attribute.raw}]`);
}
