/**
 * Bringing elements of the page to what the server says they are.
 *
 * @module
 */

import { patches } from "./beside.ts";
import { all, attribute, closest, get, matches } from "./dom.ts";
import { FIELDS, holdFields, isField, RADIOS } from "./fields.ts";
import { keepOpen } from "./open.ts";
import { FIXED, isEdited, SEALED } from "./ours.ts";
import { add, drop, type Hooks, morphAttributes, morphChildren, morphPlainly } from "./plain_morph.ts";

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
    drop(from);
  }
  patches?.want();
}

/** Elements by their ids. */
export type Ids = Map<string | null, Element[]>;

function hooksFor(from: Element, to: Element): Hooks {
  const [theirs, ours] = [to, from].map((root) =>
    Map.groupBy([root, ...all(root, "[id]")], (element) => attribute(element, "id"))
  ) as [Ids, Ids];
  const hooks: Hooks = {
    // Ids name nodes, but for those that occur twice: they name nothing.
    nameOf(node) {
      const id = node instanceof Element && !patches?.isRenamed(node) && attribute(node, "id");
      return id && !theirs.get(id)?.[1] && !ours.get(id)?.[1] ? id : undefined;
    },
    find(like) {
      const id = hooks.nameOf(like), found = id && (patches?.foreign(id) ?? ours.get(id)?.[0]);
      const border = found && closest(found, SEALED);
      return border && border !== found ? undefined : found || undefined;
    },
    begin(from, to) {
      if (matches(from, FIXED)) return false;
      keepOpen(from, to);
      if (from instanceof HTMLTemplateElement) {
        from.content.replaceChildren(...(to as HTMLTemplateElement).content.childNodes);
      }
      const same = get(from, "isEqualNode").call(from, to);
      if (patches?.stays(from, to, same) ?? same) return false;
      const sealed = parts?.has(to) || matches(from, SEALED);
      const field = isField(from) || from instanceof HTMLOptionElement;
      if (!sealed && !field && !isEdited(from)) return true;
      // What is in a field is what the person has written there.
      morphAttributes(from, to);
      if (sealed) return false;
      if (from instanceof HTMLSelectElement) morphChildren(from, to, hooks);
      else if (field && from.textContent !== to.textContent) from.textContent = to.textContent;
      return false;
    },
  };
  const parts = patches?.partsThatStay(from, to, ours, theirs, hooks.nameOf);
  return hooks;
}
