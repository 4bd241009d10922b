/**
 * Bringing elements of the page to what the server says they are.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { all, attribute, closest, get, has } from "./dom.ts";
import { FIELDS, holdFields, isField, RADIOS } from "./fields.ts";
import { keepOpen, markOpen } from "./open.ts";
import { isEdited } from "./ours.ts";
import { type Hooks, morphAttributes, morphChildren, morphPlainly } from "./plain_morph.ts";

/**
 * Brings `from`, or only its children, to `to`, which is used up. Both are of the same name and id, and `to` is swept.
 */
export function morph(from: Element, to: Element, childrenOnly = false): void {
  holdFields(from, FIELDS);
  holdFields(to, RADIOS);
  const hooks = hooksFor(from, to);
  if (!childrenOnly && get(from, "nodeName") !== get(to, "nodeName")) {
    get(from, "replaceWith").call(from, to);
    markOpen(to);
  } else if (childrenOnly) {
    morphChildren(from, to, hooks);
  } else {
    morphPlainly(from, to, hooks);
  }
}

function hooksFor(from: Element, to: Element): Hooks {
  const hooks: Hooks = {
    ...names(from, to),
    begin(from, to) {
      if (has(from, Attribute.permanent)) return false;
      keepOpen(from, to);
      if (from instanceof HTMLTemplateElement) {
        from.content.replaceChildren(...(to as HTMLTemplateElement).content.childNodes);
      }
      if (get(from, "isEqualNode").call(from, to)) return false;
      const edited = isEdited(from), field = isField(from) || from instanceof HTMLOptionElement;
      if (!edited && !field) return true;
      // What is in a field is what the person has written there.
      morphAttributes(from, to);
      if (from instanceof HTMLSelectElement) morphChildren(from, to, hooks);
      else if (field && from.textContent !== to.textContent) from.textContent = to.textContent;
      return false;
    },
  };
  return hooks;
}

/** Ids name nodes, but for those that occur twice: they name nothing. */
function names(from: Element, to: Element): Pick<Hooks, "nameOf" | "find"> {
  const [theirs, ours] = [to, from].map((root) =>
    Map.groupBy([root, ...all(root, "[id]")], (element) => attribute(element, "id"))
  ) as [Ids, Ids];
  function nameOf(node: Node): string | undefined {
    const id = node instanceof Element && attribute(node, "id");
    return id && !theirs.get(id)?.[1] && !ours.get(id)?.[1] ? id : undefined;
  }
  return {
    nameOf,
    find(like) {
      const id = nameOf(like), [found] = id && ours.get(id) || [];
      const border = found && closest(found, `[${Attribute.permanent}]`);
      return border && border !== found ? undefined : found;
    },
  };
}

type Ids = Map<string | null, Element[]>;
