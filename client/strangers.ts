/**
 * A page that other code lives in: what scripts have put into it, moved and taken out, told apart from what the server has
 * written. Nothing is taken down of a page that nobody else touches: there, what stands in an element is the server's.
 *
 * @module
 */

import { IslandMark } from "../protocol/markers.ts";
import { bring, found } from "./come.ts";
import { after, morph, place } from "./core.ts";
import { isIsland, isShown, isTheirs, slotOf } from "./island.ts";
import { all, announce, contains, get, onPage, page } from "./dom.ts";
import { refuse } from "./refuse.ts";

/** What the server has in an element, in its order; only of elements in which somebody else was at work. */
const lists = new WeakMap<Node, Set<Node>>();

/** Where the server has elements that somebody has taken from there. */
const homes = new Map<Node, Element>();

/** The server's elements to which somebody else has given an id. */
const renamed = new WeakSet<Node>();

/** Whether an id is not the server's: to it, the element has none. */
export function isRenamed(element: Element): boolean {
  return renamed.has(element);
}

/** Takes down what others have done to the page. Nothing has happened to it since. */
export function note(all: readonly MutationRecord[]): void {
  const others = all.filter(({ target }) => !isTheirs(target));
  for (const { target, attributeName } of others) if (attributeName === "id") renamed.add(target);
  const records = others.filter(({ attributeName }) => !attributeName);
  const before = new Map<Node, Node[]>();
  // Back from what is there now to what was there then.
  for (const { target, addedNodes, removedNodes, previousSibling } of records.toReversed()) {
    if (lists.has(target)) continue;
    const added = new Set<Node>(addedNodes);
    const nodes = (before.get(target) ?? [...get(target, "childNodes")]).filter((node) => !added.has(node));
    before.set(target, nodes.toSpliced(nodes.indexOf(previousSibling!) + 1, 0, ...removedNodes));
  }
  before.forEach((nodes, target) => lists.set(target, elements(nodes)));
  for (const { target, removedNodes } of records) {
    for (const node of removedNodes) if (lists.get(target)?.has(node)) homes.set(node, target as Element);
  }
}

function elements(nodes: Iterable<Node>): Set<Node> {
  return new Set([...nodes].filter((node) => node instanceof Element));
}

/** The server's elements in an element, in its order. */
export function contentOf(parent: Element): Element[] {
  return [...lists.get(parent) ?? get(parent, "children")] as Element[];
}

/** What the server has put an element into. */
export function homeOf(element: Element): Element | null {
  return homes.get(element) ?? get(element, "parentElement");
}

/** The nodes that the server has put into an element, and that are still on the page. */
export function nodesOf(parent: Element): Iterable<Node> {
  if (isIsland(parent)) return [slotOf(parent)].filter((slot) => slot !== undefined);
  const nodes = [...get(parent, "childNodes")];
  return lists.has(parent)
    ? [...contentOf(parent).filter(onPage), ...nodes.filter((node) => !(node instanceof Element))]
    : nodes;
}

/** Whether an element was put where it stands by somebody else. */
export function isForeign(node: Node): boolean {
  if (isShown(node)) return true;
  const list = lists.get(get(node, "parentNode")!);
  return !!list && node instanceof Element && !list.has(node);
}

/** The element of an id, where the server has not written it: it is the server's as soon as that brings one. */
export function foreign(id: string): Element | undefined {
  const found = page("getElementById").call(document, id);
  return found && !isShown(found) && isForeign(found) && !homes.has(found) ? found : undefined;
}

/** What is in an element is the server's, whoever has put it there. */
export function adopt(root: Element): void {
  for (const element of [root, ...all(root, "*")]) lists.delete(element);
}

/** The node from which on a place is free: what somebody has put behind a node stays there. */
export function beyond(node: Node | null): Node | null {
  while (node && isForeign(node)) node = after(node);
  return node;
}

/** Puts an element to its place, and what others have put behind it as well; one that others have moved stays there. */
export function move(parent: Element, node: Node, at: Node | null, moves?: boolean): void {
  const list = lists.get(parent);
  found(node);
  if (isIsland(parent)) return; // its slot stands where it has put that
  if (get(node, "parentNode") !== parent && list?.has(node)) return;
  if (node instanceof Element) {
    if (isForeign(node) && !homes.has(node)) adopt(node);
    disown(node);
    list?.add(node);
  }
  for (;;) {
    const next = after(node);
    place(parent, node, at, moves);
    if (!next || !isForeign(next)) return;
    listOf(parent);
    node = next;
  }
}

/** Puts new elements of the server beside one of its elements, or takes over what is there already. */
export function insert(beside: Element, at: Node | null, to: Element): void {
  const parent = homeOf(beside) as Element, order = contentOf(parent), place = beyond(at);
  // What stands beside it now, nobody knows.
  if (get(beside, "parentElement") !== parent) refuse(to.innerHTML);
  const nodes = [...get(to, "children")].map((next) => {
    const mine = foreign(get(next, "id"));
    if (!mine) return bring(parent, next, place), next;
    move(parent, mine, place);
    morph(mine, next);
    return mine;
  });
  settle(parent, order.toSpliced(order.indexOf(beside) + Number(at !== beside), 0, ...nodes));
}

/** The server has put nodes into an element, in this order. */
export function settle(parent: Element, nodes: readonly Node[]): void {
  if (isIsland(parent)) announce(parent, IslandMark.given); // of a slot that has come, or gone
  if (lists.has(parent)) lists.set(parent, elements(nodes));
}

function listOf(parent: Element): Set<Node> {
  const list = lists.get(parent) ?? elements(get(parent, "children"));
  lists.set(parent, list);
  return list;
}

/** An element is no longer the server's; whether it `stays` where it is. */
export function disown(element: Element, stays = false): void {
  const home = homeOf(element) as Element;
  (stays ? listOf(home) : lists.get(home))?.delete(element);
  homes.delete(element);
}

/** Elements that others have taken from an element that goes. */
export function takenFrom(element: Element): Node[] {
  return [...homes].filter(([taken, home]) => contains(element, home) && !contains(element, taken))
    .map(([taken]) => taken);
}
