/**
 * Keys in the page: the element that a keyed child consists of carries its key as `data-k`, so that a patch can name
 * it. An element with an id of its own is named by that, and carries none.
 *
 * The key that counts is the one of the child in its list, which is the outermost of those that lead to the element:
 * in `items.map((item) => <Row key={item.id} />)` nobody but `Row` sees a key that `Row` gives to its own element.
 *
 * @module
 */

import { Fragment, isValidElement, type VNode } from "preact";
import { Attribute } from "../../protocol/mod.ts";
import { escapeHtml } from "./_escape.ts";
import { isStamping } from "./_rendering.ts";

/** A key as text; `undefined` for what names nothing. */
export function keyText(key: unknown): string | undefined {
  switch (typeof key) {
    case "string":
      return key === "" ? undefined : key;
    case "number":
    case "bigint":
    case "boolean":
      return String(key);
    default:
      return undefined;
  }
}

/** The attribute with a blank before it; empty where the page shows no key. */
export function keyAttribute(key: unknown): string {
  return isStamping() ? attributes.get(key) ?? writeAttribute(key) : "";
}

/** The attributes of keys that were written before: a list is written again and again. */
const attributes = new Map<unknown, string>();
const remembered = 10_000;

function writeAttribute(key: unknown): string {
  const text = keyText(key);
  if (text === undefined) return "";
  const attribute = ` ${Attribute.key}="${escapeHtml(text)}"`;
  if (text.length > 40) return attribute;
  if (attributes.size === remembered) attributes.clear();
  attribute.charCodeAt(0); // Joins its parts once, instead of in each page.
  attributes.set(key, attribute);
  return attribute;
}

/**
 * A key in a hole of a template. Whether it is shown is known only when it is written: not in the head, and not in
 * strings that are no part of a page.
 */
export class KeyHole {
  /** The key, as it was given. */
  readonly key: unknown;

  constructor(key: unknown) {
    this.key = key;
  }

  [Symbol.toPrimitive](): string {
    return keyAttribute(this.key);
  }
}

/** Whether one of the props is an id that leads to the element. */
export function hasId(props: { readonly [name: string]: unknown }): boolean {
  for (const name in props) {
    if (name.length !== 2 || name.toLowerCase() !== "id") continue;
    const id = props[name];
    if (typeof id === "string" ? id !== "" : isWritten(id)) return true;
  }
  return false;
}

function isWritten(id: unknown): boolean {
  return id !== null && id !== undefined && typeof id !== "boolean" && typeof id !== "function" &&
    `${id}` !== "";
}

let expected: unknown;
let expectedKey: unknown;

/** Notes that what a keyed child consists of, where that is one element, carries the child's key. */
export function expectRoot(result: unknown, key: unknown): void {
  expected = soleRoot(result);
  expectedKey = key;
}

/** The key that an element, component or fragment answers to: its own, or that of the keyed child that it is. */
export function keyOf(node: { readonly key?: unknown }): unknown {
  if (node !== expected) return node.key;
  expected = undefined;
  return expectedKey;
}

/** Forgets what a render that failed has left. */
export function forgetRoot(): void {
  expected = undefined;
  expectedKey = undefined;
}

// The one element among what a component returned, if there is nothing else. A fragment without a key at the top is
// unwrapped by the renderer, which does not look at it.
function soleRoot(result: unknown): unknown {
  if (isValidElement(result)) {
    const { type, key, props } = result as VNode<{ tpl?: unknown }>;
    return type === Fragment && key == null && props.tpl == null ? soleChild(props.children) : result;
  }
  return Array.isArray(result) ? soleChild(result) : undefined;
}

/** The one element among children, if there is nothing else. */
function soleChild(children: unknown): unknown {
  if (!Array.isArray(children)) return isValidElement(children) ? children : undefined;
  const found: unknown[] = [];
  gather(children, found);
  return found.length === 1 && isValidElement(found[0]) ? found[0] : undefined;
}

// What is written, up to the second.
function gather(children: readonly unknown[], found: unknown[]): void {
  for (const child of children) {
    if (found.length > 1) return;
    if (Array.isArray(child)) gather(child, found);
    else if (child !== null && child !== undefined && typeof child !== "boolean" && child !== "") {
      found.push(child);
    }
  }
}
