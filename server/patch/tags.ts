/**
 * Start tags in markup, and what they stand in.
 *
 * @module
 */

import { type Open, Scanner } from "./_scan.ts";
import { readTag } from "./_tag.ts";

/** The start tag of an element, as it is written. */
export interface TagInPage {
  readonly tag: string;
  /** Where it begins. */
  readonly at: number;
  /** Those of the elements around it, the nearest first. */
  around(): Iterable<string>;
}

/**
 * The start tags that have this attribute with a value in double quotes, as far as a parser builds what is written. What
 * only looks like one, in a script or a comment, is none.
 */
export function* tagsWith(body: string, attribute: string): Iterable<TagInPage> {
  const sign = ` ${attribute}="`;
  const scan = new Scanner(body, 0);
  let from = 0;
  for (let at = body.indexOf(sign); at !== -1; at = body.indexOf(sign, from)) {
    from = at + sign.length;
    const start = body.lastIndexOf("<", at);
    if (start < scan.at) continue;
    scan.advance(start);
    const { top } = scan;
    const tag = scan.at === start ? readTag(body, start, top.rule.content) : undefined;
    if (tag === undefined || tag.end <= at) continue;
    yield { tag: body.slice(start, tag.end), at: start, around: () => tagsAround(top, body) };
    from = tag.end;
  }
}

function* tagsAround(top: Open, body: string): Iterable<string> {
  for (let open: Open | undefined = top; open !== undefined; open = open.parent) {
    if (open.inner > open.start) yield body.slice(open.start, open.inner);
  }
}
