/**
 * Where a page's markup is not what a browser makes of it.
 *
 * @module
 */

import { type Open, Scanner } from "./_scan.ts";

/**
 * Where the differ stops believing that a parser builds what is written: the elements that are open there, and the tag.
 * Names of elements alone, since what is in them is somebody's. `undefined` where it believes all of the body.
 *
 * @returns like `body > main > p > <div>`
 */
export function findDoubt(body: string): string | undefined {
  const scan = new Scanner(body, 0);
  scan.advance(body.length);
  if (scan.at === body.length) return undefined;
  const names: string[] = [];
  for (let open: Open | undefined = scan.top; open !== undefined; open = open.parent) {
    names.unshift(open.rule.name);
  }
  const [tag] = /^<[/!?]?[a-z\d-]*/i.exec(body.slice(scan.at, scan.at + 60)) ?? [];
  return [...names, tag === undefined ? "text" : `${tag}>`].join(" > ");
}
