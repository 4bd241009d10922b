/**
 * Operations outside an app, for the answer to a request.
 *
 * @module
 */

import type { DoOperation } from "../../protocol/operations.ts";
import type { Html } from "../page/html.ts";
import { renderPage } from "../page/render.ts";
import { type Draft, markup, operationOf } from "./draft.ts";

/**
 * The operations on the wire.
 *
 * @throws TypeError for what only an app, or a page, can write
 */
export function writeAlone(drafts: readonly Draft[]): DoOperation[] {
  return drafts.map((draft) => operationOf(draft, markup(draft, renderAlone).html));
}

function renderAlone(html: Html, what: string): { html: string; offers: undefined } {
  const { head, body } = renderPage(html, {
    nameOf: () => {
      throw new TypeError(`Cannot ${what} with on(): outside an app nobody knows what its class is called.`);
    },
    offer: () => {}, // the page offers it, or it cannot be called
    live: () => {
      throw new TypeError(`Cannot ${what} with <Live>: a part stands in its page.`);
    },
  });
  if (head !== "") throw new TypeError(`Cannot ${what} with <Head>: it is the page's.`);
  return { html: body, offers: undefined };
}
