/**
 * One operation, from how it was written to how it is sent.
 *
 * @module
 */

import type { Json } from "../../protocol/frames.ts";
import type { DoOperation } from "../../protocol/operations.ts";
import type { Offered } from "../bus/told.ts";
import type { Html } from "../page/html.ts";
import { Raw } from "../page/raw.ts";

/** One of a list, before its markup is written. */
export interface Draft {
  readonly name: string;
  readonly target: string | null;
  readonly detail: { readonly [key: string]: Json | undefined };
  /** What becomes `html`. */
  readonly html: Html | Raw;
  /** Whether it has markup: nothing is markup, too. */
  readonly hasHtml: boolean;
}

/** Renders markup alone. @param what for people */
export type RenderFragment = (
  html: Html,
  what: string,
) => { readonly html: string; readonly offers: Offered | undefined };

/** One operation on the wire. */
export function operationOf({ name, target, detail }: Draft, more: { [key: string]: Json }): DoOperation {
  const all = { ...detail, ...more } as { [key: string]: Json };
  if (all["missing"] === "warn") delete all["missing"]; // what is so without saying
  return Object.keys(all).length === 0 ? ["do", name, target] : ["do", name, target, all];
}

/** The markup of one operation. Nothing in raw markup is bound to a reflex: the browser is told so. */
export function markup(
  { name, target, html, hasHtml }: Draft,
  render: RenderFragment,
): { html: { [key: string]: Json }; offers: Offered | undefined } {
  if (!hasHtml) return { html: {}, offers: undefined };
  if (Raw.is(html)) return { html: { html: html.__html.toWellFormed(), raw: true }, offers: undefined };
  const { html: text, offers } = render(html, `${name} ${target}`);
  return { html: { html: text.toWellFormed() }, offers };
}
