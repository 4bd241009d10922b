/** Walks markup and keeps the stack of open elements, as long as any parser would build the same tree. */

import { impliedBody, type Rule } from "./_rules.ts";
import { readTag, type Tag } from "./_tag.ts";

/** An element that is open where the scan stands. */
export interface Open {
  readonly rule: Rule;
  /** Where its start tag begins. */
  readonly start: number;
  /** Where it begins in the other string, when it was scanned in a part both have. */
  readonly twin: number;
  /** The value of its `id` as written; equal when it has none. */
  readonly idFrom: number;
  readonly idTo: number;
  /** Rule bits of it and everything around it. */
  readonly bits: number;
}

/**
 * Firefox hangs what is deeper than 200 on another parent, Chromium and Safari what is deeper than 512. They count
 * `html` and `body`; a fragment begins to count anew, so depth must never matter.
 */
const MAX_DEPTH = 180;

/** Of four equal formatting elements in each other, a parser forgets the first. */
const MAX_EQUAL = 3;

const bodyRule: Rule = {
  name: "body",
  content: "flow",
  within: undefined,
  bit: 0,
  not: 0,
  formatting: false,
};

/** The stack's lowest entry, which is never closed. */
export const bodyEntry: Open = { rule: bodyRule, start: -1, twin: -1, idFrom: 0, idTo: 0, bits: 0 };

const BLANK = /[^ \t\n\f\r]/;

/** A position in markup, and what is open there. It only moves over what is understood. */
export class Scanner {
  readonly html: string;
  /** The elements open at `at`, `body` first. */
  readonly stack: Open[];
  at: number;

  constructor(html: string, at: number, stack: Open[]) {
    this.html = html;
    this.at = at;
    this.stack = stack;
  }

  /** Moves over all tokens that end at or before `limit`; `shift` leads to the same place in the other string. */
  advance(limit: number, shift: number): void {
    while (this.at < limit && this.#step(limit, shift));
  }

  /** Moves over one token or more, until only `depth` elements are open. False if a token is not understood. */
  finish(depth: number): boolean {
    do {
      if (!this.#step(this.html.length, 0)) return false;
    } while (this.stack.length > depth);
    return true;
  }

  /** The start tag here, if there is one that is understood and brings no other element with it. */
  peek(): Tag | undefined {
    const tag = readTag(this.html, this.at, this.#top.rule.content);
    return tag === undefined || this.#parent(tag.rule) !== this.#top ? undefined : tag;
  }

  get #top(): Open {
    return this.stack[this.stack.length - 1] ?? bodyEntry;
  }

  /** One token: a text, a comment, a tag, or an element with raw text. False if nothing was moved. */
  #step(limit: number, shift: number): boolean {
    const { html, at } = this;
    const lt = html.indexOf("<", at);
    if (lt !== at) return this.#text(lt < 0 ? html.length : lt, limit);
    const next = html.charCodeAt(at + 1);
    if (next === 47) return this.#endTag(limit); // /
    if (next === 33) return this.#comment(limit); // !
    return this.#startTag(limit, shift);
  }

  #text(end: number, limit: number): boolean {
    if (end > limit || end === this.at) return false;
    if (this.#top.rule.content === "parts" && BLANK.test(this.html.slice(this.at, end))) return false;
    this.at = end;
    return true;
  }

  #endTag(limit: number): boolean {
    const { html, at, stack } = this;
    let depth = stack.length - 1;
    if (isImplied(stack[depth])) depth--;
    const name = stack[depth]?.rule.name ?? "";
    const end = at + name.length + 3;
    if (depth < 1 || end > limit || !html.startsWith(name, at + 2) || html.charCodeAt(end - 1) !== 62) {
      return false;
    }
    stack.length = depth;
    this.at = end;
    return true;
  }

  #comment(limit: number): boolean {
    const { html, at } = this;
    if (!html.startsWith("<!--", at)) return false;
    const close = html.indexOf("-->", at + 4);
    if (close < 0 || close + 3 > limit) return false;
    const text = html.slice(at + 4, close);
    // Each of these ends a comment earlier, or is read in two ways.
    if (/^-?>|<!|--!|-$/.test(text)) return false;
    this.at = close + 3;
    return true;
  }

  #startTag(limit: number, shift: number): boolean {
    const start = this.at;
    const tag = readTag(this.html, start, this.#top.rule.content);
    if (tag === undefined || tag.end > limit) return false;
    const { rule } = tag;
    const parent = this.#parent(rule);
    if (parent === undefined) return false;
    if (tag.closed || rule.content === "void") {
      this.at = tag.end;
      return true;
    }
    if (rule.content === "raw") return this.#raw(tag, limit);
    if (this.stack.length >= MAX_DEPTH) return false;
    if (parent !== this.#top) this.stack.push(parent);
    const { idFrom, idTo } = tag;
    this.stack.push({ rule, start, twin: start + shift, idFrom, idTo, bits: parent.bits | rule.bit });
    this.at = tag.end;
    return true;
  }

  /** The element that a parser puts this one into: the open one, a `tbody` of the parser's own, or who knows. */
  #parent(rule: Rule): Open | undefined {
    const top = this.#top;
    if ((top.bits & rule.not) !== 0 || (rule.formatting && this.#equal(rule) >= MAX_EQUAL)) return undefined;
    const { name, content } = top.rule;
    if (rule.within === undefined) {
      return content === "flow" || content === "svg" || (rule.name === "hr" && name === "select")
        ? top
        : undefined;
    }
    if (rule.within.includes(name)) return isImplied(top) && rule.name !== "tr" ? undefined : top;
    if (rule.name === "tr" && name === "table") return { ...bodyEntry, rule: impliedBody, bits: top.bits };
    const isGroup = name === "div" && rule.within.includes("dl");
    return isGroup && this.stack[this.stack.length - 2]?.rule.name === "dl" ? top : undefined;
  }

  #equal(rule: Rule): number {
    return this.stack.reduce((count, open) => open.rule === rule ? count + 1 : count, 0);
  }

  #raw(tag: Tag, limit: number): boolean {
    const close = this.html.indexOf("</", tag.end);
    const { name } = tag.rule;
    const end = close + name.length + 3;
    if (close < 0 || end > limit || !this.html.startsWith(`${name}>`, close + 2)) return false;
    // Inside `<!--` a script goes on after its end tag.
    if (name === "script" && this.html.slice(tag.end, close).includes("<!--")) return false;
    this.at = end;
    return true;
  }
}

function isImplied(open: Open | undefined): boolean {
  return open !== undefined && open.rule === impliedBody && open.start < 0;
}
