/**
 * Looks at each element and fragment before the renderer reads it. This is where the rules hold for JSX that was not
 * compiled to a template, whoever made it.
 *
 * @module
 */

import { Fragment } from "preact";
import { Attribute } from "../../protocol/mod.ts";
import { attributeName, nameIn } from "./_attribute_name.ts";
import { attributeValue, unwrapSignal } from "./_attribute_value.ts";
import { BINDING, type Call } from "./binding.ts";
import { type BindingAttributes, bindingAttributes } from "./_binding_attributes.ts";
import { checkChild, describe } from "./_child.ts";
import { expectRoot, hasId, keyAttribute, keyText } from "./_key.ts";
import { checkRawText, isRawText, plainText } from "./_raw_text.ts";
import { writeLeaf } from "./_leaf.ts";
import { Written } from "./_memo_cache.ts";
import { replaceBy } from "./_memo_render.ts";
import { isSentElsewhere, postAttributes } from "./_post_form.ts";
import { offerHoles, offerTargets } from "./_reflex.ts";
import { currentAttributes, currentRendering, isStamping } from "./_rendering.ts";
import { Template } from "./_template.ts";
import { Raw } from "./raw.ts";

/** The props of an element or a component. */
export type Props = { [name: string]: unknown; [BINDING]?: readonly Call[]; [GIVEN]?: Props };

/** What Preact keeps in a vnode: `__` is the one around it, `__c` the component. */
export interface Node {
  type: unknown;
  props: Props;
  readonly key?: unknown;
  __?: Node | null;
  __c?: object | null;
}

// The props as the author gave them, for a vnode that is rendered again.
const GIVEN: unique symbol = Symbol("given");

/**
 * Makes an element safe: what may not be written is left out or refused, what it offers is recorded.
 *
 * @param key of the keyed child that it is, if it is one
 */
export function guardElement(node: Node, element: string, key: unknown): void {
  const given = node.props[GIVEN] ?? node.props;
  const calls = given[BINDING];
  const html = calls === undefined ? undefined : writeLeaf(element, given, calls, key);
  if (html !== undefined) {
    replaceBy(node, { tpl: [html] });
    return;
  }
  let next: Props | undefined;
  const own = currentAttributes();
  let declared: unknown;
  for (const prop in given) {
    let name = attributeName(prop);
    if (own !== undefined) name = nameIn(name, own);
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
  if (calls !== undefined || declared !== undefined) {
    const attributes = bindingAttributes(declared, calls ?? [], element);
    if (calls !== undefined) next = Object.assign(next ?? copy(given), attributes);
    if (element === "form") next = withPost(next, given, declared, attributes);
  }
  if (isRawText(element) && given["dangerouslySetInnerHTML"] == null) {
    next = withText(next ?? copy(given), element, node);
  }
  if (key != null && isStamping()) {
    const text = keyText(key);
    if (text !== undefined && !hasId(given)) next = { [Attribute.key]: text, ...(next ?? given) };
  }
  if (next !== undefined) next[GIVEN] = given;
  node.props = next ?? given;
}

function copy(props: Props): Props {
  return { ...props };
}

// Without our script the browser posts it to the page that it stands in.
function withPost(
  next: Props | undefined,
  given: Props,
  declared: unknown,
  attributes: BindingAttributes,
): Props | undefined {
  if (currentRendering() === undefined || isSentElsewhere(given)) return next;
  const { reflex, args } = currentAttributes() ?? Attribute;
  const id = unwrapSignal(given["id"]);
  const tokens = attributes[reflex] ?? (typeof declared === "string" ? declared : "");
  const post = postAttributes(tokens, attributes[args], id == null ? undefined : `${id}`);
  return post === undefined ? next : Object.assign(next ?? copy(given), post);
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

/**
 * Looks at a fragment: its children, or the template that it is.
 *
 * @param key of the keyed child that it is, if it is one
 */
export function guardFragment(node: Node, key: unknown): void {
  if (!("tpl" in node.props)) {
    const { children } = node.props;
    checkChild(children);
    if (key != null) expectRoot(children, key);
    return;
  }
  const { tpl, exprs, template } = node.props as { tpl?: unknown; exprs?: unknown; template?: unknown };
  if (!(template instanceof Template) || template.strings !== tpl) {
    if (node.props instanceof Written) return;
    throw new TypeError(
      "Cannot render a template that another JSX runtime made, or none: set jsxImportSource, and spread no data on a fragment.",
    );
  }
  const own = currentAttributes();
  offerTargets(template.targets(own));
  if (own !== undefined) offerHoles(template.attributes, exprs as unknown[], own);
  if (key != null) stampTemplate(template, exprs as unknown[], key);
  if (template.rawTexts.length === 0 || !isForeign(node)) return;
  for (const raw of template.rawTexts) template.checkRawText(raw, exprs as unknown[], true);
}

function stampTemplate(template: Template, exprs: unknown[], key: unknown): void {
  if (template.isHole) {
    expectRoot(exprs[1], key);
    return;
  }
  if (template.root === undefined || template.root.hasId(exprs)) return;
  stamped = exprs;
  stamped[0] = keyAttribute(key);
}

let stamped: unknown[] | undefined;

/** Takes the last key out of its template again. It has been written: what is looked at next stands behind it. */
export function unstamp(): void {
  if (stamped === undefined) return;
  stamped[0] = "";
  stamped = undefined;
}

/** Whether it is a fragment, or a template. */
export function isFragment(type: unknown): boolean {
  return type === Fragment;
}
