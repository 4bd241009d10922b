/** Reads one start tag, strictly: what parsers forgive is not read. */

import { type Content, type Rule, ruleAt } from "./_rules.ts";

/** A start tag. */
export interface Tag {
  readonly rule: Rule;
  /** Behind its `>`. */
  readonly end: number;
  /** The value of `id` as written; equal when there is none. */
  readonly idFrom: number;
  readonly idTo: number;
  /** The value of `data-k` likewise. */
  readonly keyFrom: number;
  readonly keyTo: number;
  /** Whether `/>` ends the element. */
  readonly closed: boolean;
}

const GT = 62, SLASH = 47, EQUALS = 61, QUOTE = 34, APOSTROPHE = 39;

/** The start tag at `at`, inside an element with that content. */
export function readTag(html: string, at: number, parent: Content): Tag | undefined {
  if (parent === "text" || html.charCodeAt(at) !== 60) return undefined;
  const rule = ruleAt(html, at + 1, parent);
  if (rule === undefined) return undefined;
  let end = at + 1 + rule.name.length;
  let idFrom = 0, idTo = 0, keyFrom = 0, keyTo = 0;
  while (true) {
    const before = end;
    let code = html.charCodeAt(end);
    while (isBlank(code)) code = html.charCodeAt(++end);
    if (code === GT) return { rule, end: end + 1, idFrom, idTo, keyFrom, keyTo, closed: false };
    if (code === SLASH) {
      const closed = rule.content === "svg" || rule.content === "void" || parent === "svg";
      if (!closed || html.charCodeAt(end + 1) !== GT) return undefined;
      return { rule, end: end + 2, idFrom, idTo, keyFrom, keyTo, closed };
    }
    if (end === before) return undefined;
    const name = end;
    while (isAttribute(html.charCodeAt(end))) end++;
    if (end === name) return undefined;
    const isKey = end === name + 6 && html.slice(name, end).toLowerCase() === "data-k";
    const isId = end === name + 2 && (html.charCodeAt(name) | 32) === 105 &&
      (html.charCodeAt(name + 1) | 32) === 100;
    let from = end, to = end;
    if (html.charCodeAt(end) === EQUALS) {
      const quote = html.charCodeAt(++end);
      if (quote === QUOTE || quote === APOSTROPHE) {
        from = end + 1;
        to = html.indexOf(quote === QUOTE ? '"' : "'", from);
        if (to < 0) return undefined;
        end = to + 1;
      } else {
        from = end;
        while (isAttribute(html.charCodeAt(end))) end++;
        // A slash here belongs to the value and closes nothing: `<path id=a/>`.
        if (end === from || html.charCodeAt(end) === SLASH) return undefined;
        to = end;
      }
    }
    // Of two attributes with one name the first counts, also when it is empty.
    if (isId && idFrom === 0) {
      idFrom = from;
      idTo = to;
    } else if (isKey && keyFrom === 0) {
      keyFrom = from;
      keyTo = to;
    }
  }
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 9;
}

/** What names of attributes, and values without quotes, are made of: anything but blanks, `"'/<=>` and the grave accent. */
function isAttribute(code: number): boolean {
  return code > 32 && code !== QUOTE && code !== APOSTROPHE && code !== SLASH && (code < 60 || code > 62) &&
    code !== 96;
}
