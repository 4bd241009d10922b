/**
 * What may stand between tags.
 *
 * @module
 */

import { Fragment, isValidElement, type VNode } from "preact";
import { Raw } from "./raw.ts";

/**
 * Refuses a child that has no text: an object, or a promise. Arrays are looked into.
 *
 * @param child what is to be rendered
 * @param place where, as {@linkcode inside} or {@linkcode resultOf} say it; made only when it is needed
 * @throws TypeError that says what the child is
 */
export function checkChild(child: unknown, place: Place = nowhere): void {
  if (typeof child !== "object" || child === null || isValidElement(child)) return;
  if (Array.isArray(child)) {
    for (const item of child) checkChild(item, place);
    return;
  }
  throw refusal(child, place);
}

/**
 * Refuses what a component may not return. A fragment without a key is looked into: the renderer unwraps it
 * unseen.
 */
export function checkResult(result: unknown, component: unknown): void {
  if (typeof result !== "object" || result === null) return;
  const place = { component };
  if (isValidElement(result)) {
    const { type, key, props } = result as VNode<{ tpl?: unknown }>;
    if (type === Fragment && key == null && props.tpl == null) checkChild(props.children, place);
    return;
  }
  checkChild(result, place);
}

/** Where a child stands: in an element, in what a component returned, or not known. */
export type Place = { readonly element?: string; readonly component?: unknown };

const nowhere: Place = {};

function refusal(child: object, place: Place): TypeError {
  const where = placeName(place);
  if (typeof (child as { then?: unknown }).then === "function") {
    const hint = "component" in place
      ? "await before rendering, components are not async"
      : "await it first, and render what it gives";
    return new TypeError(`Cannot render a promise${where}: ${hint}.`);
  }
  const hint = Raw.is(child) ? " (use dangerouslySetInnerHTML)" : "";
  return new TypeError(`Cannot render ${describe(child)}${where}: an object is not text${hint}.`);
}

function placeName({ element, component }: Place): string {
  if (element !== undefined) return ` as a child of <${element}>`;
  return component === undefined ? " as a child" : `, returned by <${componentName(component)}>`;
}

/** The name of a component, for sentences. */
export function componentName(component: unknown): string {
  if (typeof component !== "function") return String(component);
  const { displayName, name } = component as { displayName?: string; name: string };
  return displayName ?? (name || "Anonymous");
}

/** What a value is, for sentences: "a plain object with the keys a, b". */
export function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" || typeof value === "function" ? `a ${typeof value}` : String(value);
  }
  if (Array.isArray(value)) return "an array";
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    return `an instance of ${prototype.constructor?.name || "an unnamed class"}`;
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return "an empty object";
  const shown = keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 40)));
  return `a plain object with the keys ${shown.join(", ")}${keys.length > shown.length ? ", …" : ""}`;
}
