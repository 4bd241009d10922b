/** Walks markup and keeps the stack of open elements, as long as any parser would build the same tree. */

import { Attribute } from "../../protocol/markers.ts";
import { impliedBody, ISLAND, type Rule, slotRule } from "./_rules.ts";
import { readTag, type Tag } from "./_tag.ts";

/** An element that is open where a scan stands. It leads to the one around it; many scans may share it. */
export interface Open {
  readonly rule: Rule;
  readonly parent: Open | undefined;
  /** How many elements are open around it. */
  readonly depth: number;
  /** Rule bits of it and everything around it. */
  readonly bits: number;
  /** Its name, where it has one: see {@linkcode nameOf}. */
  readonly name: string;
  /** The jump of the scan that opened it: places and positions are good for that scan, up to its next jump. */
  readonly jump: number;
  /** Where its start tag begins. */
  readonly start: number;
  /** Where its content begins. */
  readonly inner: number;
  /** Its position among the elements of its parent. */
  readonly index: number;
  /** How many elements are in it so far; `NaN` behind one that a browser may have or not. */
  children: number;
  /** Whether it holds what a browser keeps as it is, or somebody writes: see {@linkcode isSealed}. */
  sealed: boolean | undefined;
}

/** What is never brought to a page, nor taken from it: it is there since the page was loaded, or not at all. */
const UNBROUGHT = new Set(["script", "base", "meta", "set", "animate", "animateMotion", "animateTransform"]);

/**
 * Whether an element, or one around it, is the browser's own: nothing in it has an address.
 *
 * @param html in which the element was opened, where it has not been asked about before
 */
export function isSealed(open: Open, html: string): boolean {
  return open.sealed ??= seal.test(html.slice(open.start, open.inner)) ||
    (open.parent !== undefined && isSealed(open.parent, html));
}

/** Whether what is in an element is the browser's own, by its start tag. */
export function seals(tag: string): boolean {
  return seal.test(tag);
}

/** Whether what an element holds is what an island shows: nothing in it has a name, but for the slot. */
export function isIsland(open: Open): boolean {
  return (open.bits & ISLAND) !== 0;
}

/** Whether an element is the slot of an island that it stands in. */
export function isSlot(rule: Rule, parent: Open): boolean {
  return rule === slotRule && isIsland(parent);
}

const sealing = new Set(["contenteditable", Attribute.permanent]);
/** Of these it depends on what they say: nothing, or `children` among other words. */
const ignores = new Set<string>([Attribute.ignore]);
let seal = readSeals();

/**
 * Adds the names that an app has for `data-reflex-permanent` and `data-reflex-ignore`. Other apps of the process lose
 * little: what has such an attribute there is sent with what is around it, and is as right by that as by a smaller patch.
 */
export function sealBy(permanent: string, ignore: string): void {
  sealing.add(permanent);
  ignores.add(ignore);
  seal = readSeals();
}

function readSeals(): RegExp {
  const named = `(?:${[...sealing].join("|")})[\\s=>]`;
  const said = `(?:${[...ignores].join("|")})(?:[\\s>]|="(?:"|(?:[^"]*\\s)?children[\\s"]))`;
  return new RegExp(`\\s(?:${named}|${said})`, "i");
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

/** What stands around everything, and is never closed. */
function openBody(jump: number): Open {
  return {
    rule: bodyRule,
    parent: undefined,
    depth: 0,
    bits: 0,
    name: "",
    jump,
    start: 0,
    inner: 0,
    index: 0,
    children: 0,
    sealed: false,
  };
}

const BLANK = /[^ \t\n\f\r]/;

/** What Preact's `useId` makes: a row inserted above gives it to another element. */
const USE_ID = /^P\d+-\d+$/;

/** An id with one of these is written in more than one way, or is none. */
const AMBIGUOUS = /[\s&<>"'`=\0\uFFFD]/;

/**
 * The name by which an element can be found: its id; else a blank and its key, so that the two are never the same.
 * Empty where it has neither.
 */
export function nameOf(html: string, tag: Tag): string {
  if (tag.idTo > tag.idFrom) {
    const id = html.slice(tag.idFrom, tag.idTo);
    if (!AMBIGUOUS.test(id) && !USE_ID.test(id) && id.isWellFormed()) return own(id);
  }
  if (tag.keyTo === tag.keyFrom) return "";
  const key = html.slice(tag.keyFrom, tag.keyTo);
  return /[&"'<>\0\uFFFD]/.test(key) || !key.isWellFormed() ? "" : own(` ${key}`);
}

/** The name of an element that patches bring and take; empty for others. */
export function movableName(html: string, tag: Tag): string {
  return UNBROUGHT.has(tag.rule.name) ? "" : nameOf(html, tag);
}

/** Whether an id or key is written with a reference to a character, so that it may be any name. */
function hidesName(html: string, { idFrom, idTo, keyFrom, keyTo }: Tag): boolean {
  return REFERENCE.test(html.slice(idFrom, idTo)) || REFERENCE.test(html.slice(keyFrom, keyTo));
}

// What the others stand for is in no name.
const REFERENCE = /&(?!(?:amp|lt|gt|quot|#39);)/;

// A slice of a long string keeps all of it; this one keeps a string of its own length.
function own(text: string): string {
  return text.length < 13 ? text : `${text}\0`.slice(0, -1);
}

/** Told of each element that is understood and has a name. */
export interface Listener {
  /** A named element begins. */
  opened(start: number, parent: Open, name: string, html: string): void;
  /** The last that began and has not ended, ends. */
  closed(end: number): void;
  /** A name is written so that it may be any. */
  hidden(): void;
}

/** Counts jumps, of all scans. */
let jumps = 0;

/** A position in markup, and what is open there. It only moves over what is understood. */
export class Scanner {
  readonly html: string;
  at: number;
  /** The innermost element open at `at`. */
  top: Open;
  #jump: number;
  readonly #listener: Listener | undefined;

  /** @param top what is open there; where left out, `at` is the beginning of a page's body */
  constructor(html: string, at: number, top?: Open, listener?: Listener) {
    this.html = html;
    this.at = at;
    this.#jump = ++jumps;
    this.top = top ?? openBody(this.#jump);
    this.#listener = listener;
  }

  /** Goes on somewhere else. */
  jump(at: number, top?: Open): void {
    this.at = at;
    this.#jump = ++jumps;
    this.top = top ?? openBody(this.#jump);
  }

  /** Whether an element was opened by this scan since its last jump, so that its places are known. */
  knows(open: Open): boolean {
    return open.jump === this.#jump;
  }

  /** Moves over all tokens that end at or before `limit`. */
  advance(limit: number): void {
    while (this.at < limit && this.#step(limit));
  }

  /** Moves on until the element is closed. False if a token is not understood. */
  close(open: Open): boolean {
    do {
      if (!this.#step(this.html.length)) return false;
    } while (this.top.depth >= open.depth);
    return true;
  }

  /** Moves over the element that begins here. False if it is not understood. */
  skip(): boolean {
    const { depth } = this.top;
    do {
      if (!this.#step(this.html.length)) return false;
    } while (this.top.depth > depth);
    return true;
  }

  /** The start tag here, if there is one that is understood and brings no other element with it. */
  peek(): Tag | undefined {
    const tag = readTag(this.html, this.at, this.top.rule.content);
    return tag === undefined || this.#parent(tag.rule) !== this.top ? undefined : tag;
  }

  /** Whether the innermost element ends here. */
  get atEnd(): boolean {
    return this.html.startsWith(`</${this.top.rule.name}>`, this.at);
  }

  /** One token: a text, a comment, a tag, or an element with raw text. False if nothing was moved. */
  #step(limit: number): boolean {
    const { html, at } = this;
    const lt = html.indexOf("<", at);
    if (lt !== at) return this.#text(lt < 0 ? html.length : lt, limit);
    const next = html.charCodeAt(at + 1);
    if (next === 47) return this.#endTag(limit); // /
    if (next === 33) return this.#comment(limit); // !
    return this.#startTag(limit);
  }

  #text(end: number, limit: number): boolean {
    if (end > limit || end === this.at) return false;
    if (this.top.rule.content === "parts" && BLANK.test(this.html.slice(this.at, end))) return false;
    this.at = end;
    return true;
  }

  #endTag(limit: number): boolean {
    const { html, at } = this;
    const closed = isImplied(this.top) ? this.top.parent : this.top;
    if (closed?.parent === undefined) return false;
    const { name } = closed.rule;
    const end = at + name.length + 3;
    if (end > limit || !html.startsWith(name, at + 2) || html.charCodeAt(end - 1) !== 62) return false;
    this.top = closed.parent;
    this.at = end;
    if (closed.name !== "") this.#listener?.closed(end);
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

  #startTag(limit: number): boolean {
    const start = this.at;
    const tag = readTag(this.html, start, this.top.rule.content);
    if (tag === undefined || tag.end > limit) return false;
    const { rule } = tag;
    const parent = this.#parent(rule);
    if (parent === undefined) return false;
    const isNamed = !isIsland(parent) || rule === slotRule;
    const name = isNamed ? nameOf(this.html, tag) : "";
    if (name === "" && isNamed && hidesName(this.html, tag)) this.#listener?.hidden();
    if (tag.closed || rule.content === "void") {
      parent.children += UNBROUGHT.has(rule.name) ? NaN : 1;
      this.at = tag.end;
      this.#lone(start, parent, name);
      return true;
    }
    if (rule.content === "raw") return this.#raw(tag, name, limit);
    if (parent.depth >= MAX_DEPTH) return false;
    this.top = this.#open(rule, parent, name, start, tag.end);
    if (UNBROUGHT.has(rule.name)) parent.children = NaN;
    this.at = tag.end;
    if (name !== "") this.#listener?.opened(start, parent, name, this.html);
    return true;
  }

  #open(rule: Rule, parent: Open, name: string, start: number, inner: number): Open {
    return {
      rule,
      parent,
      depth: parent.depth + 1,
      bits: isSlot(rule, parent) ? parent.bits & ~ISLAND : parent.bits | rule.bit,
      name,
      jump: this.#jump,
      start,
      inner,
      index: parent.children++,
      children: 0,
      sealed: undefined,
    };
  }

  #lone(start: number, parent: Open, name: string): void {
    if (name === "") return;
    this.#listener?.opened(start, parent, name, this.html);
    this.#listener?.closed(this.at);
  }

  /** The element that a parser puts this one into: the open one, a `tbody` of the parser's own, or who knows. */
  #parent(rule: Rule): Open | undefined {
    const { top } = this;
    if ((top.bits & rule.not) !== 0 || (rule.formatting && equal(top, rule) >= MAX_EQUAL)) return undefined;
    const { name, content } = top.rule;
    if (rule.within === undefined) {
      return content === "flow" || content === "svg" || (rule.name === "hr" && name === "select")
        ? top
        : undefined;
    }
    if (rule.within.includes(name)) return isImplied(top) && rule.name !== "tr" ? undefined : top;
    if (rule.name === "tr" && name === "table") return this.#open(impliedBody, top, "", -1, -1);
    const isGroup = name === "div" && rule.within.includes("dl");
    return isGroup && top.parent?.rule.name === "dl" ? top : undefined;
  }

  #raw(tag: Tag, name: string, limit: number): boolean {
    const start = this.at;
    const close = this.html.indexOf("</", tag.end);
    const element = tag.rule.name;
    const end = close + element.length + 3;
    if (close < 0 || end > limit || !this.html.startsWith(`${element}>`, close + 2)) return false;
    // Inside `<!--` a script goes on after its end tag.
    if (element === "script" && this.html.slice(tag.end, close).includes("<!--")) return false;
    this.top.children += UNBROUGHT.has(element) ? NaN : 1;
    this.at = end;
    this.#lone(start, this.top, name);
    return true;
  }
}

function equal(top: Open, rule: Rule): number {
  let count = 0;
  for (let open: Open | undefined = top; open !== undefined; open = open.parent) {
    if (open.rule === rule) count++;
  }
  return count;
}

/** Whether it is a `tbody` of the parser's own, which no markup has written. */
export function isImplied(open: Open): boolean {
  return open.rule === impliedBody && open.start < 0;
}
