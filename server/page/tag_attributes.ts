/**
 * The attributes of a start tag, as we write it.
 *
 * @module
 */

import { unescapeHtml } from "./_escape.ts";

const attribute = /\s+([^\s"'<>=/]+)(?:="([^"]*)")?/y;

/** The attributes by name, each as it stands there: HTML. */
export type WrittenAttributes = ReadonlyMap<string, string>;

/** Reads them. Of two with one name the first counts. Behind what we do not write, nothing is read. */
export function writtenAttributes(tag: string): WrittenAttributes {
  const attributes = new Map<string, string>();
  attribute.lastIndex = /^<[^\s/>]+/.exec(tag)?.[0].length ?? tag.length;
  for (let match = attribute.exec(tag); match !== null; match = attribute.exec(tag)) {
    const [, name = "", value = ""] = match;
    if (!attributes.has(name)) attributes.set(name, value);
  }
  return attributes;
}

/** The same as text. */
export function tagAttributes(tag: string): ReadonlyMap<string, string> {
  return new Map(Array.from(writtenAttributes(tag), ([name, value]) => [name, unescapeHtml(value)]));
}
