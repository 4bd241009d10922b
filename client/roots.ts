/**
 * `data-reflex-root`, of an element or of what it stands in.
 *
 * @module
 */

import { Option } from "../protocol/markers.ts";
import { rootIds } from "../protocol/roots.ts";
import { attribute, closest } from "./dom.ts";

/** The ids that the nearest one names; `undefined` where there is none. */
export function rootsOf(element: Element): readonly string[] | undefined {
  const near = closest(element, `[${Option.root}]`);
  return near ? rootIds(attribute(near, Option.root) ?? "") : undefined;
}
