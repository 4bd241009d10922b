/**
 * What the head of the next page asks for before that can be shown.
 *
 * @module
 */

import type { Operation } from "../protocol/operations.ts";
import { Attribute } from "../protocol/markers.ts";
import { all, attribute, fill, get, inertDocument, page, parseInside, scriptIn, tellNow } from "./core.ts";
import type { Client } from "./start.ts";

/** Milliseconds that style sheets may take: then the page is shown without. */
const PATIENCE = 3000;

/** Style sheets that have been loaded, and are used by no page yet; each with the media that it is for. */
const waiting = new Map<HTMLLinkElement, string | null>();

function headIn(operations: readonly Operation[]): string | undefined {
  return operations.find((operation) => operation[0] === "head")?.[1] as string | undefined;
}

/** Whether the next page needs a script that does not run here, or what is tracked is another there. */
export function needsOthers(operations: readonly Operation[]): boolean {
  const html = headIn(operations);
  if (html === undefined) return false;
  // Not swept: no script of it comes to the page.
  const next = fill(inertDocument().createElement("head"), html), now = page("head");
  const scripts = new Set(all(page("documentElement"), "script[src]").map(sourceOf));
  return all(next, "script[src]").some((script) => !scripts.has(sourceOf(script))) ||
    trackedIn(next) !== trackedIn(now);
}

function sourceOf(element: Element): string {
  const source = attribute(element, "src") ?? attribute(element, "href") ?? "";
  return URL.parse(source, page("baseURI"))?.href ?? source;
}

function trackedIn(head: Element): string {
  return all(head, `[${Attribute.track}]`).map((one) => sourceOf(one) + get(one, "textContent")).join("\n");
}

/** Loads the style sheets of the next page that this one does not have: a page without its styles is never seen. */
export async function loadStyles(operations: readonly Operation[], { env }: Client): Promise<void> {
  const html = headIn(operations);
  if (html === undefined) return;
  const head = page("head"), now = all(head, SHEETS), nonce = scriptIn(head)?.nonce ?? "";
  const loads: Promise<unknown>[] = [];
  // Each in its place: of two rules, the one that stands behind the other counts.
  let last: Element | undefined;
  for (const next of all(parseInside(head, html), SHEETS)) {
    const before = last;
    last = now.find((link) => nameOf(link) === nameOf(next));
    if (last) continue;
    const link = last = page("importNode").call(document, next, true) as HTMLLinkElement;
    waiting.set(link, attribute(link, "media"));
    link.media = "not all";
    link.nonce = nonce;
    loads.push(new Promise((resolve) => link.onload = link.onerror = resolve));
    if (before) before.after(link);
    else head.prepend(link);
  }
  if (!loads[0]) return;
  const cancel = Promise.withResolvers<void>(), stop = env.clock.after(PATIENCE, cancel.resolve);
  await Promise.race([Promise.all(loads), cancel.promise]);
  stop();
}

const SHEETS = "link[rel~=stylesheet][href]";

function nameOf(link: Element): string {
  return `${sourceOf(link)} ${attribute(link, "media")}`;
}

/** They are the server's from now on, and used: in the same moment, what was there before goes. */
export function useStyles(patches: Awaited<ReturnType<Client["need"]>>): void {
  if (!waiting.size) return;
  tellNow();
  const head = page("head");
  waiting.forEach((media, link) => {
    if (media === null) link.removeAttribute("media");
    else link.media = media;
  });
  patches.settle(head, [...patches.contentOf(head), ...waiting.keys()]);
  waiting.clear();
}
