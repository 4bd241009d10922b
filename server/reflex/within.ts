/**
 * What a page shows after a call from an element with `data-reflex-root`: the new render in the elements that are named
 * there, the old one around them.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import type { Json } from "../../protocol/frames.ts";
import type { Topic } from "../bus/topic.ts";
import type { OwnNames } from "../page/attribute_names.ts";
import { PageText } from "../page/page_text.ts";
import { OwnRender } from "../page/renderer.ts";
import type { Shown } from "../page/shown.ts";
import { noParts } from "../page/view.ts";
import { writtenOffers } from "../page/written_offers.ts";
import { narrow } from "../patch/narrow.ts";

/** What a call says of itself. */
export interface Within {
  /** The ids, as the browser has told them. */
  readonly roots: readonly string[];
  readonly target: string;
  /** `undefined` where any will do. */
  readonly args: readonly Json[] | undefined;
  /** What the call has published is news in the named elements alone; what came later is news in all of the page. */
  readonly since: number;
}

/**
 * What is shown. The browser is not believed: `undefined`, which is all of the page, where no element of `before` makes
 * this call with these roots; likewise where the page has `<Live>` parts, where it would follow too many topics, and where
 * `narrow()` finds no way.
 */
export function shownWithin(
  within: Within,
  before: Shown,
  after: Shown,
  { topics, names }: { topics: number; names: OwnNames | undefined },
): Shown | undefined {
  const old = before.render, next = after.render;
  if (old.slots.length > 0 || next.slots.length > 0 || !isWritten(within, old.body, names)) return undefined;
  const narrowed = narrow(old, next, within.roots);
  const all = together(old.topics, next.topics);
  if (narrowed === undefined || all.length > topics) return undefined;
  const { head, body } = narrowed, { offers } = next;
  for (const { target, args } of writtenOffers(body, names)) {
    if (old.offers.hasCall(target, args)) offers.add(target, args);
  }
  const render = new OwnRender(head, new PageText(body), offers, [], all, next.joins, within.since);
  return { render, parts: noParts };
}

function isWritten({ roots, target, args }: Within, body: string, names: OwnNames | undefined): boolean {
  const ids = roots.join(" "), list = args === undefined ? undefined : canonicalJson(args);
  for (const offer of writtenOffers(body, names)) {
    if (offer.target !== target || (list !== undefined && canonicalJson(offer.args) !== list)) continue;
    if (offer.roots()?.join(" ") === ids) return true;
  }
  return false;
}

function together(some: readonly Topic[], others: readonly Topic[]): readonly Topic[] {
  const names = new Set(some.map(({ name }) => name));
  return [...some, ...others.filter(({ name }) => !names.has(name))];
}
