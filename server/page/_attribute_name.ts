/**
 * How an attribute is written, and what has to be looked at before it is.
 *
 * @module
 */

import { Attribute, isUrlAttribute, Option } from "../../protocol/mod.ts";
import type { OwnNames } from "./attribute_names.ts";

/**
 * - `plain`: nothing to look at
 * - `children`, `none`: not an attribute
 * - `event`: `on…`, never written
 * - `url`, `style`, `srcdoc`, `animated`, `inner`, `dangerous`: can run or load something
 * - `enumerated`: a boolean is written as `true` or `false`
 * - `initial`: `defaultValue` and its like, in the lower case that the compiler gives them
 * - `reflex`, `args`: what the page offers
 * - `root`: {@linkcode Option.root}
 * - `key`: the framework's own, {@linkcode Attribute.key}
 */
export type AttributeKind =
  | "plain"
  | "children"
  | "none"
  | "event"
  | "url"
  | "style"
  | "srcdoc"
  | "animated"
  | "inner"
  | "dangerous"
  | "enumerated"
  | "initial"
  | "reflex"
  | "args"
  | "root"
  | "key";

/** One attribute's name. */
export interface AttributeName {
  /** As it is written in HTML. */
  readonly html: string;
  /** `name="` */
  readonly open: string;
  /** What to look at. */
  readonly kind: AttributeKind;
  /** Whether every value is written as it is, under the very name of the prop. */
  readonly isOwn: boolean;
}

const kinds = new Map<string, AttributeKind>([
  ["style", "style"],
  ["srcdoc", "srcdoc"],
  ["attributename", "animated"],
  ["innerhtml", "inner"],
  ["outerhtml", "inner"],
  ["draggable", "enumerated"],
  ["spellcheck", "enumerated"],
  ["contenteditable", "enumerated"],
  [Attribute.reflex, "reflex"],
  [Attribute.args, "args"],
  [Option.root, "root"],
  [Attribute.key, "key"],
]);

const exactKinds = new Map<string, AttributeKind>([
  ["children", "children"],
  ["key", "none"],
  ["ref", "none"],
  ["__self", "none"],
  ["__source", "none"],
  ["dangerouslySetInnerHTML", "dangerous"],
  ["defaultvalue", "initial"],
  ["defaultchecked", "initial"],
  ["defaultselected", "initial"],
]);

const renamed = new Map([
  ["htmlFor", "for"],
  ["className", "class"],
  ["defaultValue", "value"],
  ["defaultvalue", "value"],
  ["defaultChecked", "checked"],
  ["defaultchecked", "checked"],
  ["defaultSelected", "selected"],
  ["defaultselected", "selected"],
  ["acceptCharset", "accept-charset"],
  ["httpEquiv", "http-equiv"],
  ["panose1", "panose-1"],
]);

const unsafe = /[\s\\/='"\0<>]/;
const namespaced = /^(xlink|xmlns|xml)([A-Z])/;
// SVG's own attributes are written with hyphens; HTML's camelCase names, which begin otherwise, in lower case.
const hyphenated =
  /^(?:accentH|ali|arabic|basel|capH|clipPath$|clipRule$|color[A-Z]|dominant|enable|fill|flood|font|glyph[^R]|horiz|imageR|letter|lighting|marker[^WUH]|overline|paintO|pointe|rendering|shape|stop|strikethrough|stroke|text[^L]|transformO|underline|unicode|units|v[A-Z]|vert|word|writing|xH)/;
const lowerCase =
  /^(?:accessK|auto[A-Z]|cell|ch|col|cont|cross|dateT|encT|form[A-Z]|frame|hrefL|inputM|maxL|minL|noV|playsI|popoverT|readO|rowS|src[A-Z]|tabI|useM|item[A-Z])/;

const names = new Map<string, AttributeName>();
const remembered = 2000;

/** The attribute that a prop of an element becomes. */
export function attributeName(prop: string): AttributeName {
  const known = names.get(prop);
  if (known !== undefined) return known;
  const name = readName(prop);
  // Props can be a stranger's words, so that not every name can be kept.
  if (names.size < remembered && prop.length < 64) names.set(prop, name);
  return name;
}

/** The same in an app that has names of its own: there `data-reflex` is one of its data. */
export function nameIn(name: AttributeName, own: OwnNames): AttributeName {
  const html = name.html.toLowerCase();
  if (html === own.reflex) return { ...name, kind: "reflex", isOwn: false };
  if (html === own.args) return { ...name, kind: "args", isOwn: false };
  return name.kind === "reflex" ? { ...name, kind: "enumerated", isOwn: name.html === html } : name;
}

function readName(prop: string): AttributeName {
  const html = htmlName(prop);
  const kind = kindOf(prop, html);
  const isOwn = html === prop && /^[a-z-]+$/.test(prop) &&
    (kind === "plain" || kind === "url" || kind === "enumerated");
  return { html, open: `${html}="`, kind, isOwn };
}

function htmlName(prop: string): string {
  const name = renamed.get(prop);
  if (name !== undefined) return name;
  if (namespaced.test(prop)) return prop.replace(namespaced, "$1:$2").toLowerCase();
  if (hyphenated.test(prop)) return prop.replace(/[A-Z]/g, "-$&").toLowerCase();
  return lowerCase.test(prop) ? prop.toLowerCase() : prop;
}

function kindOf(prop: string, html: string): AttributeKind {
  const exact = exactKinds.get(prop);
  if (exact !== undefined) return exact;
  if (unsafe.test(prop) || prop === "") return "none";
  const lower = html.toLowerCase();
  if (lower.startsWith("on")) return "event";
  const kind = kinds.get(lower);
  if (kind !== undefined) return kind;
  if (isUrlAttribute(lower)) return "url";
  return prop[4] === "-" ? "enumerated" : "plain"; // data-…, aria-…
}
