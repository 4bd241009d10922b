/**
 * The calls that stand in a page's markup, and where.
 *
 * @module
 */

import type { Json } from "../../protocol/frames.ts";
import { Attribute, Option } from "../../protocol/markers.ts";
import { rootIds } from "../../protocol/roots.ts";
import { tagsWith } from "../patch/tags.ts";
import type { OwnNames } from "./attribute_names.ts";
import { tagAttributes } from "./tag_attributes.ts";

/** One call of one element. */
export interface WrittenOffer {
  readonly target: string;
  readonly args: readonly Json[];
  /** The ids in the nearest `data-reflex-root`; `undefined` where there is none. */
  roots(): readonly string[] | undefined;
}

/**
 * Reads the calls that elements have in their attributes. It reads what we write. There may be a stranger's HTML in the
 * page: a call in it counts only where the render offers the same, and has no roots.
 *
 * @param names the app's own, where it has some
 */
export function* writtenOffers(body: string, names: OwnNames | undefined): Iterable<WrittenOffer> {
  const { reflex, args, root } = names ?? { ...Attribute, ...Option };
  for (const { tag, around } of tagsWith(body, reflex)) {
    const own = tagAttributes(tag);
    const roots = () => nearestRoots([own, ...Array.from(around(), tagAttributes)], root);
    const tokens = own.get(reflex)?.match(/\S+/g) ?? [];
    const lists = readLists(own.get(args));
    for (const [i, token] of tokens.entries()) {
      yield { target: token.split("->")[1] ?? Attribute.refresh, args: lists[i] ?? [], roots };
    }
  }
}

function nearestRoots(
  line: readonly ReadonlyMap<string, string>[],
  name: string,
): readonly string[] | undefined {
  if (line.some((attributes) => attributes.has(Attribute.raw))) return undefined;
  const root = line.find((attributes) => attributes.has(name))?.get(name);
  return root === undefined ? undefined : rootIds(root);
}

function readLists(text = "[]"): Json[][] {
  try {
    return JSON.parse(text) as Json[][];
  } catch {
    return []; // not ours: `data-reflex-args` cannot be written by hand
  }
}
