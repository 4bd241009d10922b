/**
 * Reads the static parts of compiled JSX. The compiler writes well-formed HTML: attributes in double quotes, `<` and
 * `>` escaped wherever they are text.
 *
 * @module
 */

import { Attribute } from "../../protocol/mod.ts";
import { attributeName } from "./_attribute_name.ts";
import { checkAnimated } from "./_attribute_value.ts";
import { relaxHtml, unescapeHtml } from "./_escape.ts";
import { checkRawText, isRawText } from "./_raw_text.ts";
import { KeyHole } from "./_key.ts";
import { FormHole } from "./_post_form.ts";
import { argsRefusal } from "./_reflex.ts";
import { checkRoots } from "./_roots.ts";
import { StartTag } from "./_start_tag.ts";
import type { AddedHole, DataAttribute, RawText, Template } from "./_template.ts";

/** The fields of a template. */
export type TemplateFields = Pick<
  Template,
  | "strings"
  | "added"
  | "attributes"
  | "rawTexts"
  | "data"
  | "foreign"
  | "tags"
  | "root"
  | "isHole"
>;

/**
 * Reads a template.
 *
 * @throws TypeError for markup that is never written: handlers as text, `srcdoc`, what only `on()` writes
 */
export function readTemplate(strings: readonly string[]): TemplateFields {
  const reader = new Reader();
  strings.forEach((string, i) => {
    reader.read(string);
    if (i < strings.length - 1) reader.hole();
  });
  reader.end();
  return reader;
}

// Elements whose `value` is not an attribute in HTML: compiled to strings, it would be lost.
const valueElements = new Set(["select", "option", "textarea"]);

// Elements that have no end tag.
const voidElements = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);

class Reader implements TemplateFields {
  readonly strings: string[] = [];
  readonly added: AddedHole[] = [];
  readonly attributes: number[] = [];
  readonly rawTexts: RawText[] = [];
  readonly data: DataAttribute[] = [];
  readonly foreign: number[] = [];
  readonly tags: StartTag[] = [];
  root: StartTag | undefined;
  isHole = false;

  /** The element whose start tag is being read. */
  #tag: string | undefined;
  /** The text without entities that is being read. */
  #raw: { element: string; parts: string[]; holes: number[] } | undefined;
  #text = "";
  #foreignDepth = 0;
  /** What is being read of the element's start tag. */
  #start: StartTag | undefined;
  /** The static attributes of it that were read, as they are written. */
  #attributes = "";
  #depth = 0;
  /** The elements, texts and holes that are not inside an element. */
  #roots = 0;
  /** The first hole is the place of the root's key. */
  #holes = 1;
  #rootName = "";
  #source = "";
  #at = 0;
  #out = "";

  read(source: string): void {
    this.#source = source;
    this.#at = 0;
    this.#out = "";
    while (this.#at < source.length) {
      if (this.#tag !== undefined) this.#readTag(this.#tag);
      else if (this.#raw !== undefined) this.#readRawText(this.#raw);
      else this.#readText();
    }
    this.strings.push(this.#out);
  }

  /** A hole between what was read and what comes. */
  hole(): void {
    const index = this.#holes++;
    if (this.#tag !== undefined) {
      if (valueElements.has(this.#tag)) throw notSkipped(this.#tag);
      this.attributes.push(index);
      this.#start?.holes.push(index);
    } else if (this.#depth === 0) {
      this.#roots++;
    }
    if (this.#tag === undefined && this.#foreignDepth > 0) this.foreign.push(index);
    if (this.#raw === undefined) return;
    this.#raw.holes.push(index);
    this.#raw.parts.push(this.#text);
    this.#text = "";
  }

  end(): void {
    this.isHole = this.strings.length === 2 && this.strings.every((string) => string === "");
    if (this.#roots !== 1) this.root = undefined;
    const first = this.strings.shift() ?? "";
    const name = this.root === undefined ? 0 : 1 + this.#rootName.length;
    this.strings.unshift(first.slice(0, name), first.slice(name));
  }

  #readText(): void {
    const text = this.#match(/[^<]+/y);
    if (text !== undefined) {
      this.#out += relaxHtml(text[0]);
      if (this.#depth === 0) this.#roots++;
      return;
    }
    const [tag, slash, name] = this.#match(/<(\/?)([^\s<>/]+)/y) ?? this.#fail();
    this.#out += tag;
    this.#tag = name!;
    if (slash === "") this.#open(name!);
    if (name === "svg" || name === "math") this.#foreignDepth += slash === "" ? 1 : -1;
  }

  #open(name: string): void {
    this.#start = new StartTag();
    this.#attributes = "";
    if (this.#depth > 0) return;
    this.#roots++;
    this.#rootName = name;
    this.root = this.#start;
  }

  #readTag(tag: string): void {
    if (this.#match(/\s+$/y) !== undefined) return;
    const end = this.#match(/\s*(\/?>)/y);
    if (end !== undefined) {
      if (tag === "form" && this.#start !== undefined) this.#endForm(this.#start, this.#attributes);
      this.#out += end[1]!;
      const closes = this.#out.endsWith(`</${tag}>`) || end[1] === "/>";
      this.#tag = undefined;
      if (this.#start === undefined) this.#depth--;
      else if (end[1] !== "/>" && !voidElements.has(tag)) this.#depth++;
      if (this.#start !== undefined && this.#start.holes.length > 0) this.tags.push(this.#start);
      this.#start = undefined;
      if (!closes && this.#foreignDepth === 0 && isRawText(tag)) {
        this.#raw = { element: tag, parts: [], holes: [] };
      }
      return;
    }
    const [, name, value] = this.#match(/\s*([^\s=<>"/]+)(?:="([^"]*)")?/y) ?? this.#fail();
    this.#attribute(tag, name!, value);
  }

  #attribute(tag: string, prop: string, value: string | undefined): void {
    const { html, kind } = attributeName(prop);
    switch (kind) {
      case "none":
        if (prop === "key" && value !== undefined) this.#key(unescapeHtml(value));
        return;
      case "event":
        throw new TypeError(
          `Cannot write ${html}="…" on <${tag}>: a handler is not text; use ${Attribute.reflex} or on().`,
        );
      case "srcdoc":
      case "inner":
        throw new TypeError(`Cannot write ${html}="…" on <${tag}>: pass raw(html).`);
      case "args":
        throw argsRefusal(html, tag);
      case "key":
        throw new TypeError(`Cannot write ${html} on <${tag}> by hand: it is the element's key.`);
      case "root":
        checkRoots(unescapeHtml(value ?? ""), tag);
        break;
      case "animated":
        checkAnimated(unescapeHtml(value ?? ""), tag);
        break;
      case "enumerated":
        value ??= "true";
        break;
    }
    const lower = html.toLowerCase();
    if (lower.startsWith("data-")) this.data.push({ name: lower, value: unescapeHtml(value ?? ""), tag });
    if (html === "value" && valueElements.has(tag) && tag !== "option") throw notSkipped(tag);
    if (value && this.#start !== undefined && lower === "id") this.#start.id = relaxHtml(value);
    const written = value ? ` ${html}="${relaxHtml(value)}"` : ` ${html}`;
    this.#out += written;
    this.#attributes += written;
  }

  // Whether it is shown is known only when the page is written.
  #key(key: string): void {
    this.#add(() => new KeyHole(key));
  }

  // Likewise whether it is posted: that depends on all of its attributes, and on the app's names for them.
  #endForm(start: StartTag, text: string): void {
    if (start.holes.length === 0 && !text.includes(" data-")) return;
    this.#add((values) => new FormHole(text, start.holes, values));
  }

  #add(make: AddedHole["make"]): void {
    this.added.push({ hole: this.#holes, make });
    this.strings.push(this.#out);
    this.#out = "";
    this.hole();
  }

  #readRawText(raw: { element: string; parts: string[]; holes: number[] }): void {
    const text = unescapeHtml(this.#match(/[^<]+/y)?.[0] ?? "");
    this.#text += text;
    this.#out += text;
    if (this.#at === this.#source.length) return;
    raw.parts.push(this.#text);
    if (raw.holes.length === 0) checkRawText(this.#text, raw.element, false);
    if (raw.parts.some((part) => part !== "") || raw.holes.length > 0) this.rawTexts.push(raw);
    this.#raw = undefined;
    this.#text = "";
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  #fail(): never {
    const rest = JSON.stringify(this.#source.slice(this.#at, this.#at + 40));
    throw new TypeError(`Cannot read a JSX template: ${rest} is not what the compiler writes.`);
  }
}

function notSkipped(element: string): TypeError {
  return new TypeError(
    `Cannot render <${element}> from a template, its value would be lost: deno.json needs ` +
      '"jsxPrecompileSkipElements": ["select", "option", "textarea", "input"] under "compilerOptions".',
  );
}
