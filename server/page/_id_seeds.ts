/**
 * Ids of `useId` that stay. Preact counts the calls in a page, so that a row on top would give all others new ids. Here
 * each child that has a key, or an element with an id, counts for itself, under a number that follows from where it
 * stands: from the keys and ids around it, and from its places in elements and components, which lists do not change.
 *
 * @module
 */

import { Fragment } from "preact";
import type { Node } from "./_element.ts";
import { keyText } from "./_key.ts";
import { Template } from "./_template.ts";

/** What Preact keeps in a vnode, beyond {@linkcode Node}: the list that is being rendered, and what ids count on. */
interface Place extends Node {
  readonly __k?: unknown;
  __m?: [number, number] | undefined;
}

/** The numbers that are taken in one page. */
export class IdSeeds {
  #seeds: Set<Place> | undefined;
  #paths: Map<Place, number> | undefined;
  #taken: Set<number> | undefined;
  #names: Set<number> = none;

  /** Has the ids of a component count on the nearest key or id around it; without one, they count on the page. */
  seed(component: Node): void {
    let at: Place | null | undefined = component;
    while (at && nameOf(at) === undefined) at = at.__;
    if (!at) return;
    this.#seeds ??= new Set();
    if (this.#seeds.has(at)) return;
    this.#seeds.add(at);
    at.__m = [this.take(at), 0];
  }

  /** An id for an element where a component stands: the same as long as the keys, ids and places around it are. */
  name(component: Node): string {
    let path = this.#pathOf(component);
    while (this.#names.has(path)) path = (path + 1) >>> 0;
    if (this.#names === none) this.#names = new Set();
    this.#names.add(path);
    return `L${path.toString(36)}`;
  }

  /** A number for what counts its ids by itself, where a component stands. */
  take(component: Node): number {
    let seed = this.#pathOf(component);
    const taken = this.#taken ??= new Set([0]); // the page's own
    // Two lists without anything around them to tell them apart may have the same keys.
    while (taken.has(seed)) seed = (seed + 1) >>> 0;
    taken.add(seed);
    return seed;
  }

  /** The page is written: elements that are rendered again begin anew. */
  end(): void {
    if (this.#seeds === undefined) return; // most pages ask for no ids
    for (const at of this.#seeds) at.__m = undefined;
  }

  #pathOf(node: Place): number {
    const known = this.#paths?.get(node);
    if (known !== undefined) return known;
    const name = nameOf(node);
    let path = start;
    if (name?.startsWith("#")) {
      path = mix(path, name); // There is one such element, wherever it stands.
    } else {
      if (node.__) path = mix(this.#pathOf(node.__), placeIn(node.__, node, name !== undefined));
      if (name !== undefined) path = mix(path, name);
    }
    (this.#paths ??= new Map()).set(node, path);
    return path;
  }
}

/** An id with `#`, or a key with `/`. */
function nameOf({ type, props, key }: Place): string | undefined {
  const { template, exprs, id } = props ?? {};
  const elementId = template instanceof Template
    ? template.root?.idOf(exprs as unknown[])
    : typeof type === "string" && (typeof id === "string" || typeof id === "number")
    ? String(id)
    : undefined;
  if (elementId) return `#${elementId}`;
  const text = keyText(key);
  return text === undefined ? undefined : `/${text}`;
}

// Where a node stands in what is around it: the hole or argument, and in a list the position, unless a key says more.
// Nothing for what a component consists of: it stands where the component stands.
function placeIn(parent: Place, node: Place, hasKey: boolean): string {
  const { exprs, children } = parent.props ?? {};
  const list = Array.isArray(parent.__k) ? parent.__k : [];
  const isElement = typeof parent.type !== "function" || (parent.type === Fragment && children !== undefined);
  if (isElement || exprs !== undefined) {
    const slots = exprs ?? children;
    if (!Array.isArray(slots)) return "";
    const slot = slots.indexOf(node);
    if (slot !== -1) return exprs === undefined && hasKey ? "" : `.${slot}`;
    const place = `.${slots.indexOf(list)}`;
    return hasKey ? place : `${place}.${list.indexOf(node)}`;
  }
  // A component, or what the renderer puts around a page; around a part of a page that is rendered by itself, too.
  const isPart = parent.type === Fragment && parent.__;
  return hasKey || isPart || list.length === 0 ? "" : `.${list.indexOf(node)}`;
}

/** Most pages have no parts. */
const none: Set<number> = new Set();

const start = 0x811c9dc5;

// FNV-1a, 32 bits.
function mix(hash: number, text: string): number {
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
