/**
 * Bringing a tree of the page to another one, with as few moves as its order needs. The DOM is read through its
 * prototypes only: the fields of a form may be named like any member of a node.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { patches } from "./beside.ts";
import { all, attribute, get, has, matches, onPage, page } from "./dom.ts";
import { markOpen } from "./open.ts";

/** What is asked while morphing. */
export interface Hooks {
  /** The name by which a node is found again. */
  nameOf(node: Node): string | undefined;
  /** The element of this one's name, wherever it stood. */
  find(like: Node): Element | undefined;
  /** Before an element is brought to another: false when there is nothing left to do. */
  begin(from: Element, to: Element): boolean;
}

/** Brings one element's attributes to another's; of those that the other does not have, only `names` go. */
export function morphAttributes(
  from: Element,
  to: Element,
  names: readonly string[] = [...get(from, "attributes")].map(({ name }) => name),
): void {
  patches?.spare(from, to);
  for (const item of get(to, "attributes")) {
    const { name, value } = item;
    if (attribute(from, name) === value) continue;
    get(from, "setAttributeNode").call(from, item.cloneNode() as Attr);
  }
  for (const name of names) {
    if (!has(to, name)) get(from, "removeAttribute").call(from, name);
  }
}

/** Brings one element to another of the same name. */
export function morphPlainly(from: Element, to: Element, hooks: Hooks): void {
  if (!hooks.begin(from, to)) return;
  morphAttributes(from, to);
  morphChildren(from, to, hooks);
}

/** Brings one element's children to another's. */
export function morphChildren(from: Element, to: Element, hooks: Hooks): void {
  const old = new Set<Node>(patches?.nodesOf(from) ?? get(from, "childNodes"));
  const waiting = Map.groupBy(old, (node) => groupOf(node, hooks));
  const pairs = [...get(to, "childNodes")].map((next): [next: Node, match: Node | undefined] => {
    const match = waiting.get(groupOf(next, hooks))?.shift() ?? hooks.find(next);
    if (match && kindOf(match) === kindOf(next)) old.delete(match);
    return [next, match];
  });
  // Before the others find their places, so that what keeps its order is not moved.
  for (const node of old) if (!(node instanceof HTMLScriptElement)) drop(node);
  // What goes later, or is another's, is passed over at once: it may be elsewhere when the next one comes.
  const behind = (node: Node | null) => {
    while (node && (old.has(node) || patches?.isForeign(node))) node = after(node);
    return node;
  };
  let at = behind(get(from, "firstChild"));
  const nodes = pairs.map(([next, match]) => {
    if (!match || kindOf(match) !== kindOf(next)) return add(from, next, at, hooks);
    if (match === at) at = behind(after(at));
    else (patches?.move ?? place)(from, match, at);
    if (match instanceof Element) morphPlainly(match, next as Element, hooks);
    else if (match.nodeValue !== next.nodeValue) match.nodeValue = next.nodeValue;
    return match;
  });
  patches?.settle(from, nodes);
}

/** Puts a new node on the page, with what the page has already of what is in it. */
export function add(parent: Element, next: Node, at: Node | null, hooks: Hooks): Node {
  const keeps = next instanceof Element && all(next, "[id]").some(hooks.find);
  const node = keeps ? page("importNode").call(document, next, false) : next;
  (patches?.bring ?? place)(parent, node, at);
  if (node instanceof Element) markOpen(node);
  if (keeps) morphChildren(node as Element, next, hooks);
  return node;
}

/** Takes a node from the page. */
export function drop(node: Node): void {
  if (patches) patches.drop(node);
  else get(node, "parentNode")?.removeChild(node);
}

/** What would begin anew if it were taken out and put back. */
const RUNNING = "iframe,video,audio,object,embed,dialog,[popover]";

/**
 * Puts a node where it belongs; what runs in it goes on, where the browser knows how to move it. Were everything moved
 * so, the window would follow the row that it shows to the other end of a list.
 *
 * @param moves where that is known
 */
export function place(
  parent: Element,
  node: Node,
  at: Node | null,
  moves: boolean = isRunning(node),
): void {
  // Without `get`, which takes a third of the time that a move does.
  Element.prototype[moves ? "moveBefore" : "insertBefore" as "moveBefore"].call(parent, node, at);
}

function isRunning(node: Node): boolean {
  return "moveBefore" in Element.prototype && onPage(node) &&
    node instanceof Element && (matches(node, RUNNING) || all(node, RUNNING).length > 0);
}

/** What finds its like: the same id, else the same key, else the same kind. */
function groupOf(node: Node, hooks: Hooks): string {
  const id = hooks.nameOf(node);
  return id ? ` ${id}` : `${kindOf(node)} ${node instanceof Element && attribute(node, Attribute.key)}`;
}

function kindOf(node: Node): string {
  return node instanceof Element ? get(node, "tagName") : `${node.nodeType}`;
}

/** The node behind another one. */
export function after(node: Node): Node | null {
  return get(node, "nextSibling");
}
