/**
 * Bringing elements of the page to what the server says they are.
 *
 * @module
 */

import morphdomModule from "morphdom";
import { Attribute } from "../protocol/markers.ts";
import { all, attribute, get, has, page } from "./dom.ts";
import { holdFields, isField } from "./fields.ts";
import { keepOpen, markOpen } from "./open.ts";
import { type Hooks, morphAttributes, morphChildren, morphPlainly } from "./plain_morph.ts";

/** The part of morphdom that is used; its own types do not fit its default export. */
type Morphdom = (from: Element, to: Element, options: Hooks & { childrenOnly: boolean }) => Node;

const morphdom = morphdomModule as unknown as Morphdom;

/**
 * Brings `from`, or only its children, to `to`, which is used up. Both are of the same name and id, and `to` is swept.
 */
export function morph(from: Element, to: Element, childrenOnly = false): void {
  const settle = holdFields(from);
  const hooks = hooksFor(from, to);
  if (!childrenOnly && get(from, "nodeName") !== get(to, "nodeName")) {
    get(from, "replaceWith").call(from, to);
    hooks.onNodeAdded(to);
  } else if (hidesMembers(from) || hidesMembers(to)) {
    if (childrenOnly) morphChildren(from, to, hooks);
    else morphPlainly(from, to, hooks);
  } else {
    morphdom(from, to, { childrenOnly, ...hooks });
  }
  settle();
}

function hooksFor(from: Element, to: Element): Hooks {
  const hooks: Hooks = {
    getNodeKey: keys(from, to),
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
      // What morphdom would write into fields is what the person has written there.
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
function keys(...roots: Element[]): (node: Node) => string | undefined {
  const twice = new Set<string>();
  for (const root of roots) {
    const once = new Set<string>();
    for (const element of [root, ...all(root, "[id]")]) {
      const id = attribute(element, "id") ?? "";
      if (once.has(id)) twice.add(id);
      once.add(id);
    }
  }
  return (node) => {
    const id = node instanceof Element ? attribute(node, "id") : null;
    return id && !twice.has(id) ? id : undefined;
  };
}

/** Whether the fields of a form may hide what morphdom reads of a node (`id` it reads through `key`). */
function hidesMembers(root: Element): boolean {
  return all(root, "[name], [id]").some((field) =>
    ["name", "id"].some((name) => {
      const value = attribute(field, name);
      return value && value !== "id" && (value in Element.prototype || value === "actualize");
    })
  );
}
