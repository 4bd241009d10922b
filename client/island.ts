/**
 * Islands, to whoever patches a page: what they show is theirs, and what is in their slots is the server's.
 *
 * @module
 */

import { IslandMark } from "../protocol/markers.ts";
import { all, closest, get, matches } from "./dom.ts";

const AROUND = `${IslandMark.element},${IslandMark.slot}`;

/** Whether it is the element of an island. */
export function isIsland(node: Node | null): node is Element {
  return node instanceof Element && matches(node, IslandMark.element);
}

/** The slot of an island, wherever that shows it. */
export function slotOf(island: Element): Element | undefined {
  return all(island, IslandMark.slot).find((slot) => nearest(get(slot, "parentNode")) === island);
}

/** Whether a node is what an island shows. */
export function isShown(node: Node): boolean {
  const around = nearest(get(node, "parentNode"));
  return isIsland(around) && !(node instanceof Element && matches(node, IslandMark.slot));
}

/** Whether what has happened in a node has happened in what an island shows, or as that was moved. */
export function isTheirs(target: Node): boolean {
  const around = nearest(target);
  return around === target || isIsland(around);
}

function nearest(node: Node | null): Element | null {
  return node instanceof Element ? closest(node, AROUND) : null;
}
