/**
 * Looks at each element, component and fragment before the renderer reads it. This is where the rules hold for JSX
 * that was not compiled to a template, whoever made it.
 *
 * @module
 */

import { Fragment } from "preact";
import { Attribute } from "../../protocol/mod.ts";
import { attributeName } from "./_attribute_name.ts";
import { attributeValue, unwrapSignal } from "./_attribute_value.ts";
import { BINDING, type Call } from "./binding.ts";
import { bindingAttributes } from "./_binding_attributes.ts";
import { checkChild, checkResult, componentName, describe } from "./_child.ts";
import { checkRawText, isRawText, plainText } from "./_raw_text.ts";
import { offerTargets } from "./_reflex.ts";
import { Template } from "./_template.ts";
import { Raw } from "./raw.ts";

type Props = { [name: string]: unknown; [BINDING]?: readonly Call[]; [GIVEN]?: Props };

/** What Preact keeps in a vnode: `__` is the one around it. */
export interface Node {
  type: unknown;
  props: Props;
  readonly __?: Node | null;
}

// The props as the author gave them, for a vnode that is rendered again.
const GIVEN: unique symbol = Symbol("given");

/** Makes an element safe: what may not be written is left out or refused, what it offers is recorded. */
export function guardElement(node: Node, element: string): void {
  const given = node.props[GIVEN] ?? node.props;
  let next: Props | undefined;
  let declared: unknown;
  for (const prop in given) {
    const name = attributeName(prop);
    const value = given[prop];
    switch (name.kind) {
      case "children":
        if (typeof value === "object") checkChild(value, { element });
        continue;
      case "none":
        // The renderer leaves these out by itself, except for the empty name.
        if (prop === "") (next ??= copy(given))[prop] = undefined;
        continue;
      case "plain":
        if (typeof value !== "object" || value === null) continue;
        break;
      case "reflex":
        declared = unwrapSignal(value);
        continue;
      case "initial":
        next ??= copy(given);
        delete next[prop];
        next[initialProp(prop)] = value;
        continue;
      case "dangerous":
        if (value === null || value === undefined) continue;
        if (!Raw.is(value)) {
          throw new TypeError(`Cannot set the HTML of <${element}> from ${describe(value)}: pass raw(html).`);
        }
        (next ??= copy(given))[Attribute.raw] = "";
        continue;
    }
    const safe = attributeValue(name, value, element);
    if (safe !== value) (next ??= copy(given))[prop] = safe;
  }
  const calls = given[BINDING];
  if (calls !== undefined || declared !== undefined) {
    const attributes = bindingAttributes(declared, calls ?? [], element);
    if (calls !== undefined) next = Object.assign(next ?? copy(given), attributes);
  }
  if (isRawText(element) && given["dangerouslySetInnerHTML"] == null) {
    next = withText(next ?? copy(given), element, node);
  }
  if (next !== undefined) next[GIVEN] = given;
  node.props = next ?? given;
}

function copy(props: Props): Props {
  return { ...props };
}

function initialProp(prop: string): string {
  if (prop === "defaultvalue") return "defaultValue";
  return prop === "defaultchecked" ? "defaultChecked" : "defaultSelected";
}

function withText(props: Props, element: string, node: Node): Props {
  const text = plainText(props["children"], element);
  checkRawText(text, element, isForeign(node));
  delete props["children"];
  props["dangerouslySetInnerHTML"] = { __html: text };
  return props;
}

// Whether svg or math is around: text without entities is markup there. For a child that came in a list there is no
// telling which hole of a template it stands in, so that one list inside svg is enough.
function isForeign(node: Node): boolean {
  let below = node;
  for (let above = node.__; above; above = above.__) {
    if (above.type === "svg" || above.type === "math") return true;
    const { template, exprs } = above.props ?? {};
    if (template instanceof Template && template.holdsForeign(exprs as unknown[], below)) return true;
    below = above;
  }
  return false;
}

/** Looks at a fragment: its children, or the template that it is. */
export function guardFragment(node: Node): void {
  const { props } = node;
  if (!("tpl" in props)) {
    checkChild(props["children"]);
    return;
  }
  const { tpl, exprs, template } = props;
  if (!(template instanceof Template) || template.strings !== tpl) {
    throw new TypeError(
      "Cannot render a template that another JSX runtime made, or none: set jsxImportSource, and spread no data on a fragment.",
    );
  }
  if (template.targets.length > 0) offerTargets(template.targets);
  if (template.rawTexts.length === 0 || !isForeign(node)) return;
  for (const raw of template.rawTexts) template.checkRawText(raw, exprs as unknown[], true);
}

type Component = (this: unknown, props: unknown, context: unknown) => unknown;

/**
 * Puts a component aside, so that {@linkcode callComponent} runs in its place.
 *
 * @returns what to put back before it runs, or `undefined` where the component is left alone: classes, and those
 * that the renderer asks for their context
 */
export function guardComponent(node: Node): unknown {
  if (typeof node.type !== "function") {
    throw new TypeError(`Cannot render ${describe(node.type)} as a component: it is not a function.`);
  }
  const component = node.type as Component & { contextType?: unknown };
  if (component.contextType != null || typeof component.prototype?.render === "function") return undefined;
  node.type = callComponent;
  return component;
}

function callComponent(this: { readonly __v: Node }, props: unknown, context: unknown): unknown {
  const component = this.__v.type as Component;
  const result = run(component, this, props, context);
  checkResult(result, component);
  return result;
}

function run(component: Component, self: unknown, props: unknown, context: unknown): unknown {
  try {
    return component.call(self, props, context);
  } catch (error) {
    if (typeof (error as { then?: unknown } | null)?.then !== "function") throw error;
    throw new TypeError(
      `Cannot render <${componentName(component)}>: it suspends, and a page is rendered at once. Load first.`,
    );
  }
}

/** Whether it is a fragment, or a template. */
export function isFragment(type: unknown): boolean {
  return type === Fragment;
}
