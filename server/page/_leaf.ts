/**
 * Elements that offer calls and hold a text: most buttons. The compiler leaves them to the renderer, which puts the name
 * of each attribute through three patterns; here names are known.
 *
 * @module
 */

import { Attribute } from "../../protocol/mod.ts";
import type { Call } from "./binding.ts";
import { attributeName, nameIn } from "./_attribute_name.ts";
import { attributeValue } from "./_attribute_value.ts";
import { bindingAttributes } from "./_binding_attributes.ts";
import { escapeHtml } from "./_escape.ts";
import { hasId, keyText } from "./_key.ts";
import { currentAttributes, isStamping } from "./_rendering.ts";

/** Elements whose attributes are nothing but attributes, and whose text is nothing but text. */
const elements = new Set(
  "a b button div em i label li p small span strong summary td th tr".split(" "),
);

/**
 * Writes such an element, and records what it offers.
 *
 * @param key of the keyed child that it is, if it is one
 * @returns `undefined` for one that the renderer has to write; nothing is recorded then
 */
export function writeLeaf(
  element: string,
  props: { readonly [name: string]: unknown },
  calls: readonly Call[],
  key: unknown,
): string | undefined {
  if (!elements.has(element)) return undefined;
  const own = currentAttributes();
  let start = "", text = "";
  for (const prop in props) {
    let name = attributeName(prop);
    if (own !== undefined) name = nameIn(name, own);
    const given = props[prop];
    const value = name.kind === "url" ? attributeValue(name, given, element) : given;
    if (typeof value !== "string" && typeof value !== "number") return undefined;
    if (name.kind === "children") text = `${value}`;
    else if (name.isOwn) start += value === "" ? ` ${prop}` : ` ${name.open}${escapeHtml(`${value}`)}"`;
    else return undefined;
  }
  const attributes = bindingAttributes(undefined, calls, element);
  for (const name in attributes) start += ` ${name}="${escapeHtml(attributes[name]!)}"`;
  const named = key != null && isStamping() && !hasId(props) ? keyText(key) : undefined;
  if (named !== undefined) start = ` ${Attribute.key}="${escapeHtml(named)}"${start}`;
  return `<${element}${start}>${escapeHtml(text)}</${element}>`;
}
