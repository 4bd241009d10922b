/**
 * Which links and forms lead to the next page over the socket: those that are marked, of this app, and followed as a link
 * is followed in its own tab. All others are the browser's.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { attribute, first, get, has, matches, page } from "./dom.ts";
import { markSent, scriptIn } from "./core.ts";

/** What somebody has followed. */
export interface Wish {
  readonly to: URL;
  /** It takes the place of this page in the history. */
  readonly replace: boolean;
  readonly element: Element;
}

/** Whether all links of the app are marked. */
export function isAppWide(): boolean {
  const script = scriptIn(page("head"));
  return !!script && has(script, Attribute.navigate);
}

/** The elements that an event goes through, also those in shadow trees; the innermost first. */
export function pathOf(event: Event): Element[] {
  return event.composedPath().filter((one) => one instanceof Element);
}

/** What the nearest element says that has an attribute. */
export function nearest(path: readonly Element[], name: string): string | null {
  const element = path.find((one) => has(one, name));
  return element ? attribute(element, name) : null;
}

/** Whether a URL is one of this app's pages, as far as its address says. */
export function isOfApp(to: URL, here: string): boolean {
  const base = new URL("..", scriptIn(page("head"))!.src), { protocol, origin } = new URL(here);
  // A blob's origin is that of its page.
  return to.protocol === protocol && to.origin === origin && `${to.pathname}/`.startsWith(base.pathname);
}

/** Without its fragment. */
export function bare(url: URL | string): string {
  return `${url}`.replace(/#.*/, "");
}

/** Where a link leads to that an event has met, when following it is not the browser's. */
export function linkOf(event: Event, here: string): Wish | undefined {
  const path = pathOf(event), link = path.find((one) => matches(one, "a,area"));
  if (!link || has(link, "download") || (link as HTMLElement).isContentEditable) return undefined;
  const href = attribute(link, "href") ?? attribute(link, "xlink:href");
  const found = href === null ? undefined : wish(path, link, href, attribute(link, "target"), here);
  // Within this page the browser finds the way.
  return found && href!.includes("#") && bare(found.to) === bare(here) ? undefined : found;
}

/** Where a click leads to. */
export function clicked(event: Event, here: string): Wish | undefined {
  const { button, ctrlKey, metaKey, shiftKey, altKey, defaultPrevented } = event as MouseEvent;
  const isOther = defaultPrevented || button || ctrlKey || metaKey || shiftKey || altKey;
  return isOther ? undefined : linkOf(event, here);
}

/** Where a form leads to that is sent, with its fields. */
export function submitted(event: Event, here: string): Wish | undefined {
  const { submitter, defaultPrevented } = event as SubmitEvent, path = pathOf(event), [form] = path;
  if (defaultPrevented || !(form instanceof HTMLFormElement)) return undefined;
  // The button's own come first; and a form's members may be fields of these names.
  const says = (name: string) => (submitter && attribute(submitter, `form${name}`)) ?? attribute(form, name);
  if (/^(post|dialog)$/i.test(says("method") ?? "")) return undefined;
  const from = submitter ? [submitter, ...path] : path;
  const found = wish(from, form, says("action") || bare(here), says("target"), here);
  if (!found) return undefined;
  const fields = [...new FormData(form, submitter)].map(([name, value]) =>
    [name, typeof value === "string" ? value : value.name] as [string, string]
  );
  found.to.search = `${new URLSearchParams(fields)}`;
  // The next page knows what was sent: it may say something else of it.
  for (const field of Reflect.get(HTMLFormElement.prototype, "elements", form)) markSent(field);
  return found;
}

function wish(
  path: readonly Element[],
  element: Element,
  href: string,
  target: string | null,
  here: string,
): Wish | undefined {
  const mark = nearest(path, Attribute.navigate), to = URL.parse(href, get(element, "baseURI"));
  if (!to || !isOfApp(to, here) || mark === "false" || (mark === null && !isAppWide())) return undefined;
  const base = first(page("head"), "base[target]");
  if (!/^(_self)?$/i.test(target ?? (base && attribute(base, "target")) ?? "")) return undefined;
  if (/\bexternal\b/i.test(attribute(element, "rel") ?? "")) return undefined;
  return { to, replace: mark === "replace", element };
}
