/**
 * `data-reflex-root`: whether what is written there names elements.
 *
 * @module
 */

import { Option } from "../../protocol/mod.ts";
import { MOST_ROOTS, rootIds } from "../../protocol/roots.ts";
import { describe } from "./_child.ts";

/** An id with other signs is found in no markup, or only by a selector. */
const root = /^#[\p{L}\p{N}_-]+$/u;

/**
 * The value, where it is a list of ids.
 *
 * @throws TypeError that names the word which is none
 */
export function checkRoots(value: unknown, element?: string): unknown {
  if (value === undefined || value === null || value === false) return undefined;
  if (typeof value !== "string") throw refusal(`it is text, not ${describe(value)}`, element);
  const words = value.split(/[\s,]+/).filter((word) => word !== "");
  const other = words.find((word) => !root.test(word));
  if (other !== undefined) {
    throw refusal(`${JSON.stringify(other.slice(0, 80))} is not of the form #id`, element);
  }
  if (words.length === 0) throw refusal("it names no element", element);
  if (rootIds(value).length > MOST_ROOTS) throw refusal(`it names at most ${MOST_ROOTS} elements`, element);
  return value;
}

function refusal(why: string, element?: string): TypeError {
  const where = element === undefined ? "" : ` on <${element}>`;
  return new TypeError(`Cannot write ${Option.root}${where}: ${why}.`);
}
