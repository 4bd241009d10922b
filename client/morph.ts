/**
 * Bringing elements of the page to what the server says they are.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { all, attribute, closest, get, has, page } from "./dom.ts";
import { holdFields, isField } from "./fields.ts";
import { keepOpen, markOpen } from "./open.ts";
import { type Hooks, morphAttributes, morphChildren, morphPlainly } from "./plain_morph.ts";

/**
 * Brings `from`, or only its children, to `to`, which is used up. Both are of the same name and id, and `to` is swept.
 */
export function morph(from: Element, to: Element, childrenOnly = false): void {
  const settle = holdFields(from);
  const hooks = hooksFor(from, to);
  if (!childrenOnly && get(from, "nodeName") !== get(to, "nodeName")) {
    get(from, "replaceWith").call(from, to);
    hooks.onNodeAdded(to);
  } else if (childrenOnly) {
    morphChildren(from, to, hooks);
  } else {
    morphPlainly(from, to, hooks);
  }
  settle();
}

function hooksFor(from: Element, to: Element): Hooks {
  const hooks: Hooks = {
    ...names(from, to),
    onBeforeNodeDiscarded: (node) => !(node instanceof HTMLScriptElement),
    onNodeAdded(node) {
      if (node instanceof Element) markOpen(node);
    },
    onBeforeElUpdated(from, to) {
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

/** The text that somebody is writing right now has no base to compare with; it stays. */
function isEdited(element: Element): boolean {
  return element === page("activeElement") && element instanceof HTMLElement && element.isContentEditable;
}

/** Ids name nodes, but for those that occur twice: they name nothing. */
function names(from: Element, to: Element): Pick<Hooks, "getNodeKey" | "getNode"> {
  const twice = new Set<string>(), known = new Map<string, Element>();
  for (const root of [to, from]) {
    known.clear();
    for (const element of [root, ...all(root, "[id]")]) {
      const id = attribute(element, "id") ?? "";
      if (known.has(id)) twice.add(id);
      known.set(id, element);
    }
  }
  function getNodeKey(node: Node): string | undefined {
    const id = node instanceof Element ? attribute(node, "id") : null;
    return id && !twice.has(id) ? id : undefined;
  }
  return {
    getNodeKey,
    getNode(like) {
      const key = getNodeKey(like), found = key && known.get(key);
      if (!found) return undefined;
      const border = closest(found, `[${Attribute.permanent}]`);
      return border && border !== found ? undefined : found;
    },
  };
}
