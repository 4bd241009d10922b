/**
 * Puts the string of a remembered component where the component stands, or makes it.
 *
 * @module
 */

import { createElement, Fragment, type VNode } from "preact";
import { jsx } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { BINDING } from "./binding.ts";
import { callAs, type Component, guardComponent } from "./_component.ts";
import type { Node, Props } from "./_element.ts";
import { expectRoot } from "./_key.ts";
import { ENTRY, type Entry, type Memory, type Written } from "./_memo_cache.ts";
import { areNamed, areRead, ContextReader, Notes, replay } from "./_memo_notes.ts";
import { currentRendering, isStamping, newRendering, type Rendering, within } from "./_rendering.ts";
import { isSteady } from "./_steady.ts";
import { Template } from "./_template.ts";

/** Where a component that {@linkcode memo} made keeps what is remembered. */
export const MEMORY: unique symbol = Symbol("memory");

/** A component that is remembered. */
export type Remembered = Component & {
  readonly [MEMORY]: { readonly memory: Memory; readonly component: Component };
};

/** An element in whose place a string stands while the renderer reads it. */
let replaced: Node | undefined;
let replacedType: unknown;
let replacedProps: Props = {};
/** Elements of entries that were rendered themselves: they are not to keep the page around them alive. */
const lent: Node[] = [];

/** Of the component that was looked at last. */
let called: unknown;

/**
 * Writes what is remembered of a component, in the place of its element.
 *
 * @param key of the keyed child that it is, if it is one
 * @returns what {@linkcode guardComponent} returns
 */
export function guardRemembered(
  node: Node & { readonly [ENTRY]?: Entry },
  component: Remembered,
  key: unknown,
): unknown {
  const { props } = node;
  const rendering = currentRendering();
  if (rendering === undefined || !isStamping() || props[BINDING] !== undefined || !isPlain(node.__)) {
    return guardComponent(node, key);
  }
  key ??= undefined;
  const own = node[ENTRY];
  const entry = own !== undefined && own.node?.props === props && own.key === key
    ? own
    : component[MEMORY].memory.find(props, key, isAny);
  if (entry !== undefined) {
    const { html, noted } = entry;
    entry.used = true;
    if (html === undefined || noted === undefined) return guardComponent(node, key);
    if (entry.isFree && areNamed(noted, rendering)) {
      if (entry.node === undefined) component[MEMORY].memory.addNode(entry, component);
      replay(noted, rendering);
      replaceBy(node, html);
      return undefined;
    }
  }
  if (own !== undefined) lent.push(node);
  called = key;
  node.type = callRemembered;
  return component;
}

const isAny = () => true;

/** Has a string written in the place of an element. */
export function replaceBy(node: Node, html: { readonly tpl: readonly [string] }): void {
  replaced = node;
  replacedType = node.type;
  replacedProps = node.props;
  node.type = Fragment;
  node.props = html as unknown as Props;
}

/** Puts the element back that was replaced last. The string has been written. */
export function putBack(): void {
  if (replaced === undefined) return;
  replaced.type = replacedType;
  replaced.props = replacedProps;
  replaced.__ = null;
  replaced = undefined;
}

/** Lets go of the page that was rendered. */
export function leavePage(): void {
  putBack();
  replacedProps = {};
  place = undefined;
  for (const node of lent.splice(0)) {
    node.__ = null;
    node.__c = null;
  }
}

function callRemembered(this: { readonly __v: Node }, props: Props, context: object): unknown {
  const key = called;
  const node = this.__v;
  const remembered = node.type as Remembered;
  const { memory, component } = remembered[MEMORY];
  const rendering = currentRendering();
  if (rendering === undefined || !isStorable(props, key)) {
    const result = callAs(this, remembered, props, context, key);
    called = key;
    return result;
  }
  const entry = memory.find(props, key, ({ noted }) => {
    return noted !== undefined && areRead(noted, context) && areNamed(noted, rendering);
  });
  if (entry?.html !== undefined && entry.noted !== undefined) {
    entry.used = true;
    replay(entry.noted, rendering);
    return asNode(entry.html);
  }
  const notes = new Notes(rendering);
  notes.begin();
  let html;
  try {
    html = capture(notes, node, component, ownProps(props), context, key);
  } finally {
    notes.end();
  }
  const { isAnew, names, attributes, offers, heads, reads, contexts } = notes;
  const noted = isAnew ? undefined : { names, attributes, offers, heads, reads, contexts };
  const written = memory.add(props, key, html, noted);
  return asNode(written);
}

function asNode(html: Written): unknown {
  return jsx(Fragment as never, html as never);
}

/** The element below which the page that is being captured stands. */
let around: Node | undefined;

function capture(
  notes: Notes,
  node: Node,
  component: Component,
  props: Props,
  context: object,
  key: unknown,
): string {
  const inner = createElement(component as never, props as never) as VNode;
  expectRoot(inner, key);
  const { attributes, ids } = currentRendering() ?? {};
  const rendering: Rendering = newRendering(notes, notes, attributes, ids);
  return renderBelow(node, inner, new Proxy(context, new ContextReader(notes)), rendering);
}

/** Renders something by itself, below where a component stands in its page. */
export function renderBelow(node: Node, inner: VNode, context: object, rendering: Rendering): string {
  around = node;
  return within(rendering, () => renderToString(inner, context));
}

/** Joins a render that begins to the page that it is a part of, for whoever looks upwards. */
export function joinPage(root: { __?: unknown } | undefined): void {
  if (around === undefined || root === undefined) return;
  root.__ = around;
  around = undefined;
}

function isStorable(props: Props, key: unknown): boolean {
  if (typeof key === "object" || typeof key === "function") return false;
  for (const name in props) if (!isSteady(props[name])) return false;
  return true;
}

/**
 * The props that are compared, and no others: what a component cannot read cannot be in its string. (JSON can have a
 * name that would be the object's prototype.) The calls of
 * `on()` go along; with them nothing is remembered.
 */
export function ownProps(props: Props): Props {
  const own: Props = {};
  for (const name in props) {
    if (name !== "__proto__") own[name] = props[name];
  }
  if (props[BINDING] !== undefined) own[BINDING] = props[BINDING];
  return own;
}

let place: Node | null | undefined;
let isPlainPlace = false;

// What an element means and how it is written depends on svg, math and select around it: there nothing is remembered.
// The rows of a list have the same place.
function isPlain(parent: Node | null | undefined): boolean {
  if (parent !== place || parent == null) {
    place = parent;
    isPlainPlace = !isSpecial(parent);
  }
  return isPlainPlace;
}

/** Notes that something else is being rendered: the same element may stand in another place next. */
export function leavePlace(): void {
  place = undefined;
}

const special = /^(?:svg|math|select)$/i;

function isSpecial(parent: Node | null | undefined): boolean {
  for (let above = parent; above; above = above.__) {
    if (typeof above.type === "string" && special.test(above.type)) return true;
    const { template } = above.props ?? {};
    if (template instanceof Template && template.foreign.length > 0) return true;
  }
  return false;
}
