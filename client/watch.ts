/**
 * Seeing what comes to the page and goes: by a patch, or by anybody else.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { page } from "./dom.ts";

type Hear = (records: MutationRecord[]) => void;

let observer: MutationObserver | undefined;
let tell: (records: MutationRecord[], ours?: Element | true) => void;

/**
 * Tells of everything that happens to the page from now on.
 *
 * @param hearOthers told, after that, where elements have come or gone of which no patch knows
 */
export function watch(hear: Hear, hearOthers: Hear): void {
  tell = (records, ours) => {
    hear(records);
    const others = ours === true ? [] : records.filter(({ target }) => target !== ours);
    if (
      others.some(({ attributeName, addedNodes, removedNodes }) =>
        attributeName === "id" || [...addedNodes, ...removedNodes].some((node) => node instanceof Element)
      )
    ) hearOthers(others);
  };
  observer = new MutationObserver((records) => tell(records));
  observer.observe(page("documentElement"), {
    childList: true,
    subtree: true,
    attributeFilter: [Attribute.reflex, "id"],
  });
}

/** Tells at once of what has happened up to now. @param ours a patch has done it: all, or what happened in an element */
export function tellNow(ours?: Element | true): void {
  const records = observer?.takeRecords();
  if (records?.[0]) tell(records, ours);
}
