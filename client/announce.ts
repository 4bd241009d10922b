/**
 * What a list says when elements have come to it or gone, to those who hear the page: `data-reflex-announce`.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import { Attribute } from "../protocol/markers.ts";
import { all, attribute, get, onPage, page } from "./dom.ts";

/** Milliseconds. */
const Wait = {
  /** Nothing more has happened for so long: it is said. */
  quiet: 500,
  /** Whatever happens, it is said by then. */
  most: 2000,
} as const;

/** What has happened to a list since it was said last; the text is that of the last element that has come. */
interface News {
  added: number;
  removed: number;
  text: string;
}

const news = new Map<Element, News>();
let region: HTMLElement | undefined;
let latest = 0;
let title = "";
let cancel: (() => void) | undefined;

/** Says what has happened to a list, with all else that happens shortly after, in one go. */
export function announceNews(list: Element, added: readonly Element[], removed: number, clock: Clock): void {
  const text = added.at(-1), before = news.get(list);
  if (!text && !removed) return;
  news.set(list, {
    added: added.length + (before?.added ?? 0),
    removed: removed + (before?.removed ?? 0),
    text: text ? get(text, "textContent")!.trim().slice(0, 200) : before?.text ?? "",
  });
  soon(clock);
}

/** Says the title of a page that has come. What was to be said of the one before is not said any more. */
export function sayNext(text: string, clock: Clock): void {
  news.clear();
  title = text;
  soon(clock);
}

function soon(clock: Clock): void {
  const now = clock.now();
  if (cancel) cancel();
  else {
    // What comes to a region is said if that was there before, and empty.
    write("");
    latest = now + Wait.most;
  }
  cancel = clock.after(Math.min(Wait.quiet, latest - now), () => {
    cancel = undefined;
    const sentences = [...news].map(([list, what]) => onPage(list) && sentence(list, what));
    write([title, ...sentences].filter(Boolean).join(" "));
    news.clear();
    title = "";
  });
}

/** The sentence of a list; none where it speaks of something else than what has happened. */
function sentence(list: Element, what: News): string {
  const text = attribute(list, Attribute.announce) ?? "", words = /\{(added|removed|text)\}/g;
  const fits = text.match(words)?.some((word) => word === "{removed}" ? what.removed : what.added) ?? true;
  return fits ? text.replace(words, (_, word: keyof News) => `${what[word]}`) : "";
}

function write(text: string): void {
  if (!region) {
    region = page("createElement").call(document, "div");
    region.role = "status";
    region.ariaLive = "polite";
    region.style.cssText = "position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
  }
  // What stands outside of a modal dialog is not heard.
  const home = all(page("documentElement"), "dialog[open]").at(-1) ?? page("body");
  if (region.parentElement !== home) get(home, "append").call(home, region);
  region.textContent = text;
}
