/** Reads text and attributes as every parser does, or not at all. */

import type { Content } from "./_rules.ts";
import { readTag, type Tag } from "./_tag.ts";

const REFERENCES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

/** Chromium cuts longer texts into several nodes. */
const LONGEST = 60_000;

/** A text as the page has it; `undefined` where that takes more than the references that a render writes. */
export function decode(html: string, longest = LONGEST): string | undefined {
  if (html.length > longest || html.includes("\r")) return undefined;
  if (!html.includes("&")) return html.toWellFormed();
  if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(html)) return undefined;
  return html.replace(/&(?:amp|lt|gt|quot|#39);/g, (reference) => REFERENCES[reference] ?? reference)
    .toWellFormed();
}

/**
 * What of the attributes of two start tags of one element differs; `undefined` where they cannot be read for certain.
 *
 * @param from behind the `<` of the first, and of the second
 */
export function attributeChanges(
  a: string,
  fromA: number,
  tagA: Tag,
  b: string,
  fromB: number,
  tagB: Tag,
): Record<string, string | null> | undefined {
  const before = read(a, fromA, tagA), after = read(b, fromB, tagB);
  if (before === undefined || after === undefined) return undefined;
  const changes: Record<string, string | null> = {};
  for (const [name, value] of after) {
    if (before.get(name) !== value) changes[name] = value;
  }
  for (const name of before.keys()) {
    if (!after.has(name)) changes[name] = null;
  }
  return changes;
}

/** The attributes of an element's markup; `undefined` where they cannot be read for certain. @param parent its place */
export function readAttributes(html: string, parent: Content): ReadonlyMap<string, string> | undefined {
  const tag = readTag(html, 0, parent);
  return tag && read(html, 1, tag);
}

const ATTRIBUTE = /\s+([a-z][a-z\d-]*)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+)))?/y;

function read(html: string, from: number, tag: Tag): Map<string, string> | undefined {
  const attributes = new Map<string, string>();
  let at = from + tag.rule.name.length;
  while (true) {
    ATTRIBUTE.lastIndex = at;
    const match = ATTRIBUTE.exec(html);
    if (match === null || match.index + match[0].length > tag.end) break;
    const [all, name = "", double, single, bare] = match;
    const value = decode(double ?? single ?? bare ?? "", Infinity);
    if (value === undefined || attributes.has(name)) return undefined;
    attributes.set(name, value);
    at += all.length;
  }
  return /^\s*\/?>$/.test(html.slice(at, tag.end)) ? attributes : undefined;
}
