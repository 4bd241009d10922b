/**
 * How a page that a socket goes to leaves the house: by the same doors as one that is loaded, but as what was opened, not
 * as a document.
 *
 * @module
 */

import { VISIT_HEADER } from "../../protocol/markers.ts";
import type { ContextValues } from "../http/context.ts";
import type { Opened } from "../page/open_view.ts";
import type { Page } from "../page/page.ts";
import type { Parts } from "./parts.ts";
import type { Visitor } from "./visitor.ts";

/** A page that was opened for a visitor. */
export interface OpenedPage {
  readonly page: Page;
  readonly params: Record<string, string>;
  readonly opened: Opened;
  readonly visitor: Visitor;
  /** What middleware has set. */
  readonly values: ContextValues;
  /** Whether it shows messages that are shown once. */
  readonly isFlashShown: boolean;
}

/** Waits for the page of one request. */
export class Handover {
  readonly #mark = crypto.randomUUID();
  #page: OpenedPage | undefined;

  /**
   * Takes the page.
   *
   * @returns what goes back through the middleware in its place: without a document, and marked
   */
  take(page: OpenedPage, headers: Headers): Response {
    this.#page = page;
    headers.set(VISIT_HEADER, this.#mark);
    return new Response(null, { headers });
  }

  /** The page, where this response is still its: an answer that somebody else has written is not. */
  pageOf(response: Response): OpenedPage | undefined {
    const isIts = response.status === 200 && response.body === null &&
      response.headers.get(VISIT_HEADER) === this.#mark;
    return isIts ? this.#page : undefined;
  }
}

/** By the request, not by anything in it: nobody who sends one can ask for this. */
const handovers = new WeakMap<Request, { readonly parts: Parts; readonly handover: Handover }>();

/** From now on, the page of this request is not written, but handed over; if it is a page of this app. */
export function expectPage(request: Request, parts: Parts): Handover {
  const handover = new Handover();
  handovers.set(request, { parts, handover });
  return handover;
}

/** Who waits for the page of this request. */
export function handoverOf(request: Request, parts: Parts): Handover | undefined {
  const expected = handovers.get(request);
  return expected?.parts === parts ? expected.handover : undefined;
}

/** The answer to a request whose page is waited for, and which wants something else: that is loaded in full, by itself. */
export function elsewhere(): Response {
  return new Response(null, { status: 204 });
}
