/**
 * The JSX runtime: a thin layer over Preact's. Set `"jsxImportSource": "@argyle/argyle"` and
 * `"jsx": "precompile"`, and nobody calls it by hand.
 *
 * @module
 */

import { isValidElement, type JSX as PreactJSX } from "preact";
import * as runtime from "preact/jsx-runtime";
import type { BINDING, Call } from "./binding.ts";
import { attributeName } from "./_attribute_name.ts";
import { attributeValue } from "./_attribute_value.ts";
import { checkChild } from "./_child.ts";
import { escapeHtml } from "./_escape.ts";
import { KeyHole } from "./_key.ts";
import { MEMORY, type Remembered } from "./_memo_render.ts";
import { ReflexAttribute } from "./_reflex.ts";
import { styleText } from "./_style.ts";
import { templateOf } from "./_template.ts";
import type { Html, JsxElement } from "./html.ts";
import type { Raw } from "./raw.ts";

/** Groups children without an element, `<>…</>`. */
export const Fragment: (props: { children?: Html }) => Html = runtime.Fragment as (props: object) => Html;

/** Makes an element. */
export type Jsx = (type: unknown, props: object | null, key?: unknown, ...rest: unknown[]) => JsxElement;

/** Makes an element with at most one child. */
export const jsx: Jsx = element;
/** Makes an element with several children. */
export const jsxs: Jsx = element;
/** Makes an element in development. */
export const jsxDEV: Jsx = runtime.jsxDEV as Jsx;

function element(type: unknown, props: object | null, key?: unknown): JsxElement {
  const remembered = typeof type === "function" ? (type as Partial<Remembered>)[MEMORY] : undefined;
  if (remembered !== undefined && props !== null) {
    const known = remembered.memory.recall(props as Record<string, unknown>, key);
    if (known !== undefined) return known as JsxElement;
  }
  return makeElement(type, props, key);
}

const makeElement = runtime.jsx as Jsx;

/**
 * Makes an element of static strings and the values between them.
 *
 * @param strings the same array for the same place in the source
 * @param values what {@linkcode jsxAttr}, {@linkcode jsxEscape} and {@linkcode jsx} gave
 */
export function jsxTemplate(strings: readonly string[], ...values: unknown[]): JsxElement;
// Where the strings are passed is the place for the root's key, so that the values need not be copied.
export function jsxTemplate(...exprs: unknown[]): JsxElement {
  const template = templateOf(exprs[0] as readonly string[]);
  const key = template.fill(exprs);
  return makeElement(Fragment, { tpl: template.strings, exprs, template }, key);
}

/**
 * One attribute of a template as HTML, `name="value"`; empty where nothing is to be written.
 *
 * @throws TypeError for what may not stand in it
 */
export function jsxAttr(prop: string, given: unknown): unknown {
  const name = attributeName(prop);
  if (name.kind === "plain") {
    if (typeof given === "string") return write(name, given);
    if (typeof given === "number") return `${name.open}${given}"`; // without anything to escape
  }
  if (prop === "key") return given == null ? "" : new KeyHole(given);
  if (name.kind === "none" || name.kind === "children" || name.kind === "dangerous") return "";
  const value = primitive(attributeValue(name, given), name.kind);
  if (value === null || value === undefined || value === false || typeof value === "function") return "";
  const html = value === true ? name.html : write(name, `${value}`);
  return name.kind === "reflex" ? new ReflexAttribute(value, html) : html;
}

function write({ html, open }: { html: string; open: string }, text: string): string {
  return text === "" ? html : `${open}${escapeHtml(text)}"`;
}

function primitive(value: unknown, kind: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (kind === "style") return styleText(value) || undefined;
  const inner = value.valueOf?.();
  return inner === undefined ? value : inner;
}

/**
 * A child of a template: text as HTML; elements and arrays as they are, since the renderer escapes what is in them.
 *
 * @throws TypeError for objects and promises
 */
export function jsxEscape(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return escapeHtml(value);
    case "number":
    case "bigint":
      return `${value}`;
    case "object":
      if (value !== null && !isValidElement(value)) checkChild(value);
      return value;
    default:
      return null;
  }
}

/** What can be spread on an element or a component: the outcome of `on()`. */
interface Offering {
  [BINDING]?: readonly Call[] | undefined;
}

type OfferingElements = {
  [Name in Exclude<keyof PreactJSX.IntrinsicElements, "iframe">]:
    & PreactJSX.IntrinsicElements[Name]
    & Offering;
};

/** What TypeScript knows of JSX: all of Preact's elements and attributes. */
export declare namespace JSX {
  /** What an expression in JSX is. */
  type Element = JsxElement;
  /** What may stand as a tag: names of elements, functions, Preact's classes. */
  type ElementType = PreactJSX.ElementType;
  /** An instance of a class component. */
  type ElementClass = PreactJSX.ElementClass;
  /** Props with the component's defaults. */
  type LibraryManagedAttributes<Component, Props> = PreactJSX.LibraryManagedAttributes<Component, Props>;
  /** What every component takes: a key, and what `on()` gives. */
  interface IntrinsicAttributes extends PreactJSX.IntrinsicAttributes, Offering {}
  /** Where a class keeps its attributes. */
  interface ElementAttributesProperty extends PreactJSX.ElementAttributesProperty {}
  /** Where a component finds its children. */
  interface ElementChildrenAttribute extends PreactJSX.ElementChildrenAttribute {}
  /** The elements: Preact's, each of which can offer calls. */
  interface IntrinsicElements extends OfferingElements {
    /** `srcdoc` is markup: it comes from `raw(html)`. */
    iframe: Omit<PreactJSX.IntrinsicElements["iframe"], "srcdoc" | "srcDoc"> & Offering & {
      srcdoc?: Raw | undefined;
      srcDoc?: Raw | undefined;
    };
  }
}
