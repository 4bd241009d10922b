/**
 * What the page's own script element says: the sealed page data, the visit, the app's base.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { attribute, page } from "./dom.ts";

/** A page, as its script element names it. */
export interface PageData {
  /** The sealed page data. */
  readonly token: string;
  /** The visit; opaque. */
  readonly visit: string | null;
}

/** Our script element in a head, if there is one. */
export function scriptIn(head: Element | undefined): HTMLScriptElement | null | undefined {
  return head?.querySelector(`script[${Attribute.page}]`);
}

/** Our script element on the page, if there is one. */
export function ownScript(): HTMLScriptElement | null | undefined {
  return scriptIn(page("head"));
}

/** Reads what a script element says. */
export function pageData(script: Element): PageData {
  return { token: attribute(script, Attribute.page)!, visit: attribute(script, Attribute.visit) };
}
