/**
 * How elements come to the page by a patch, and how they go.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { place, tellNow } from "./core.ts";
import { all, attribute, get } from "./dom.ts";
import { mayChange } from "./hooks.ts";
import { goes } from "./prepare.ts";
import { disown, takenFrom } from "./strangers.ts";

/** Ids that the morph under way finds a place for: what has one of them moves. */
let wanted: ReadonlyMap<string | null | undefined, unknown> | undefined;

/** What goes when everything has found its place, with whether another takes its own. */
const late = new Map<Node, boolean>();

/** Says which ids have a place; without, everything has found its own. */
export function want(ids?: typeof wanted): void {
  wanted = ids;
  if (!ids) late.forEach((isReplaced, node) => isReplaced ? take(node) : drop(node));
  late.clear();
}

/** A node has found its place. */
export function found(node: Node): void {
  late.delete(node);
}

function take(node: Node): void {
  get(node, "parentNode")?.removeChild(node);
}

/** Puts a new node of the server on the page. */
export function bring(parent: Element, node: Node, at: Node | null): void {
  tellNow(true);
  place(parent, node, at);
  // What a custom element makes of itself at once is not the server's.
  tellNow(parent);
  if (!(node instanceof Element)) return;
  for (const element of [node, ...all(node, `[${Attribute.enter}]`)]) {
    const classes = wordsOf(element, Attribute.enter), list = get(element, "classList");
    if (classes[0]) {
      list.add(...classes);
      over(element).then(() => list.remove(...classes));
    }
  }
}

/** Takes a node of the server from the page: now, or when it has gone its way; where a hook keeps it, never. */
export function drop(node: Node): void {
  if (node instanceof Element) {
    // What runs in it begins anew when it is taken out before it is put elsewhere.
    const isWanted = (one: Element) => !!wanted?.has(get(one, "id") || undefined),
      isReplaced = isWanted(node);
    if (isReplaced || all(node, "[id]").some(isWanted)) return void late.set(node, isReplaced);
    takenFrom(node).forEach(drop);
    const classes = wordsOf(node, Attribute.leave), stays = !mayChange(node, null);
    disown(node, stays || !!classes[0]);
    if (stays) return;
    if (classes[0]) return leave(node, classes);
  }
  take(node);
}

/** Until its animations are over, an element that goes is only to be seen. */
function leave(element: Element, classes: readonly string[]): void {
  goes(element);
  // Whoever has its names from now on is another; and what is in it is sent with no form.
  for (const one of [element, ...all(element, "*")]) {
    for (const name of ["id", "name", Attribute.key, Attribute.reflex, Attribute.live]) {
      get(one, "removeAttribute").call(one, name);
    }
  }
  const set = get(element, "setAttribute");
  set.call(element, "inert", "");
  set.call(element, "aria-hidden", "true");
  get(element, "classList").add(...classes);
  over(element).then(() => get(element, "remove").call(element));
}

/** When the animations and transitions that an element has now are over. */
function over(element: Element): Promise<unknown> {
  return Promise.all(
    get(element, "getAnimations").call(element)
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
      .map(({ finished }) => finished.catch(() => {})),
  );
}

/** The words of an attribute; none for whoever has asked for less motion. */
function wordsOf(element: Element, name: string): readonly string[] {
  const words = attribute(element, name)?.match(/\S+/g);
  return words && !isStill() ? words : [];
}

/** Whether whoever looks at the page has asked for less motion. */
export function isStill(): boolean {
  return matchMedia("(prefers-reduced-motion:reduce)").matches;
}
