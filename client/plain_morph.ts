/**
 * A morph that reads the DOM through its prototypes only. It does what morphdom does for the two cases that morphdom
 * cannot be trusted with: forms whose fields are named like members of a node, and selects, whose chosen option
 * morphdom would overwrite.
 *
 * @module
 */

import { attribute, get, has } from "./dom.ts";

/** What is asked while morphing; morphdom's names, since it is handed the same. */
export interface Hooks {
  /** The name by which a node is found again. */
  getNodeKey(node: Node): string | undefined;
  /** Before an element is brought to another: false when there is nothing left to do. */
  onBeforeElUpdated(from: Element, to: Element): boolean;
  /** Whether a node may be removed. */
  onBeforeNodeDiscarded(node: Node): boolean;
  /** A node was added. */
  onNodeAdded(node: Node): void;
}

/** Brings one element's attributes to another's. */
export function morphAttributes(from: Element, to: Element): void {
  for (const item of get(to, "attributes")) {
    const { name, value } = item;
    if (attribute(from, name) === value) continue;
    get(from, "setAttributeNode").call(from, item.cloneNode() as Attr);
  }
  for (const item of [...get(from, "attributes")]) {
    if (!has(to, item.name)) get(from, "removeAttributeNode").call(from, item);
  }
}

/** Brings one element to another of the same name. */
export function morphPlainly(from: Element, to: Element, hooks: Hooks): void {
  if (!hooks.onBeforeElUpdated(from, to)) return;
  morphAttributes(from, to);
  morphChildren(from, to, hooks);
}

/** Brings one element's children to another's. */
export function morphChildren(from: Element, to: Element, hooks: Hooks): void {
  const old: Node[] = [...get(from, "childNodes")];
  const pairs = [...get(to, "childNodes")].map((next): [next: Node, match: Node | undefined] => {
    const index = old.findIndex((node) =>
      hooks.getNodeKey(node) === hooks.getNodeKey(next) && sameName(node, next)
    );
    return [next, index < 0 ? undefined : old.splice(index, 1)[0]];
  });
  // Before the others find their places, so that what keeps its order is not moved.
  for (const node of old) if (hooks.onBeforeNodeDiscarded(node)) get(from, "removeChild").call(from, node);
  let at: Node | null = get(from, "firstChild");
  for (const [next, match] of pairs) {
    if (at && match === at) at = Reflect.get(Node.prototype, "nextSibling", at);
    else get(from, "insertBefore").call(from, match ?? next, at);
    if (!match) hooks.onNodeAdded(next);
    else if (match instanceof Element) morphPlainly(match, next as Element, hooks);
    else if (match.nodeValue !== next.nodeValue) match.nodeValue = next.nodeValue;
  }
}

function sameName(one: Node, other: Node): boolean {
  const [a, b] = [one, other].map((node) => Reflect.get(Node.prototype, "nodeName", node));
  return a === b;
}
