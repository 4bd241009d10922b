/**
 * The `style` attribute.
 *
 * @module
 */

import { describe } from "./_child.ts";

/**
 * Refuses a style that could say more than its author meant: a text with `{`, `}` or `</`, and in an object also
 * with `;`.
 *
 * @throws TypeError with the value
 */
export function checkStyle(style: unknown, element?: string): void {
  if (typeof style === "string") {
    if (/[{}]|<\//.test(style)) throw refusal(JSON.stringify(style), "it holds {, } or </", element);
    return;
  }
  if (typeof style !== "object" || style === null) return;
  if (Array.isArray(style)) throw refusal(describe(style), "it takes a string or an object", element);
  for (const name in style) {
    const value = (style as Record<string, unknown>)[name];
    if (!/^-{0,2}[A-Za-z][\w-]*$/.test(name)) {
      throw refusal(JSON.stringify(name), "that is no name of a property", element);
    }
    if (typeof value === "number" || value === null || value === undefined) continue;
    const isText = typeof value !== "object" && typeof value !== "function";
    if (!isText || /[;{}]|<\//.test(String(value))) {
      throw refusal(
        `${name}: ${typeof value === "string" ? JSON.stringify(value) : describe(value)}`,
        "a value is one text without ;, {, } and </",
        element,
      );
    }
  }
}

/** A style object as CSS, as the renderer writes it: numbers are pixels where the property has a unit. */
export function styleText(style: object): string {
  let css = "";
  for (const name in style) {
    const value = (style as Record<string, unknown>)[name];
    if (value === null || value === undefined || value === "") continue;
    const property = propertyName(name);
    const pixels = typeof value === "number" && !property.startsWith("--") && !unitless.has(property);
    css += `${property}:${value}${pixels ? "px;" : ";"}`;
  }
  return css;
}

const properties = new Map<string, string>();
const remembered = 1000;

function propertyName(name: string): string {
  if (name.startsWith("-")) return name;
  const known = properties.get(name);
  if (known !== undefined) return known;
  const property = name.replace(/[A-Z]/g, "-$&").toLowerCase();
  if (properties.size < remembered && name.length < 64) properties.set(name, property);
  return property;
}

const unitless = new Set([
  "animation-iteration-count",
  "border-image-outset",
  "border-image-slice",
  "border-image-width",
  "box-flex",
  "box-flex-group",
  "column-count",
  "fill-opacity",
  "flex",
  "flex-grow",
  "flex-negative",
  "flex-order",
  "flex-positive",
  "flex-shrink",
  "flood-opacity",
  "font-weight",
  "grid-column",
  "grid-row",
  "line-clamp",
  "line-height",
  "opacity",
  "order",
  "orphans",
  "stop-opacity",
  "stroke-dasharray",
  "stroke-dashoffset",
  "stroke-miterlimit",
  "stroke-opacity",
  "stroke-width",
  "tab-size",
  "widows",
  "z-index",
  "zoom",
]);

function refusal(what: string, why: string, element?: string): TypeError {
  const where = element === undefined ? "" : ` on <${element}>`;
  return new TypeError(`Cannot write the style ${what}${where}: ${why}.`);
}
