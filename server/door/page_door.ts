/**
 * Answers GET and HEAD of a page.
 *
 * @module
 */

import { VISIT_HEADER } from "../../protocol/markers.ts";
import type { ContextValues } from "../http/context.ts";
import { HttpError } from "../http/error.ts";
import { contentSecurityPolicy, makeNonce } from "../http/headers.ts";
import { bodyOf } from "../http/pieces.ts";
import { documentAround, islandsOf, type LiveData } from "../page/document.ts";
import { type FormErrors, noErrors } from "../page/form.ts";
import type { Page, Untyped } from "../page/page.ts";
import { visitState } from "../reflex/call.ts";
import { type Opened, openView } from "../page/open_view.ts";
import { type About, viewOf } from "../page/opened_page.ts";
import { sealPage } from "../page/page_data.ts";
import { fullBody } from "../page/shown.ts";
import { ownerOf } from "../reflex/person.ts";
import type { SessionName } from "../session/cookie.ts";
import { within, type Work } from "../trace/work.ts";
import { toolsFor } from "./dev_door.ts";
import { handoverOf } from "./handover.ts";
import type { Arrived, Parts } from "./parts.ts";
import type { Visitor } from "./visitor.ts";

/** A page that was found for a path. */
export interface FoundPage {
  readonly page: Page;
  readonly params: Record<string, string>;
}

/** What a page says besides, of a form that was posted to it. */
export interface Said {
  readonly status: number;
  /** What is wrong with the fields of its forms. */
  readonly errors: FormErrors;
  /** A message for the person, besides. */
  readonly message: string | undefined;
  /** Makes the document's body of the page's. */
  readonly bodyOf: (body: string) => string;
}

/**
 * Serves a page: the whole document, with its sealed data; or hands it over to the socket that goes to it. Nothing is written to the store, but that messages for the
 * session's next page have been shown.
 *
 * @param work what it is, where somebody looks
 * @param said what there is to say of a form that was posted
 * @throws what the page throws; HttpError where it does not show the message that it was given
 */
export async function servePage(
  { request, arrival, development }: Arrived,
  { page, params }: FoundPage,
  visitor: Visitor,
  values: ContextValues,
  parts: Parts,
  work: Work | undefined,
  said?: Said,
): Promise<Response> {
  const { session, seen, visit, former } = visitor;
  const { message } = said ?? {};
  const flash = [...seen.visit.flash, ...seen.flash];
  if (message !== undefined) flash.push({ kind: "error", text: message });
  const errors = said?.errors ?? noErrors;
  let isFlashRead = false;
  const own = await parts.values.read(seen.values) as Untyped;
  const person = {
    owner: ownerOf(session.id, seen),
    url: new URL(arrival.url),
    params,
    session: own,
    state: visitState(seen, page),
    user: seen.user,
    get flash() {
      isFlashRead = true;
      return flash;
    },
    values,
    errors,
  };
  const opened = await within(work, "render", () => openView(page, person, parts));
  if (opened instanceof Response) return withHeaders(opened, arrival.secure);
  if (said !== undefined && message !== undefined && !isFlashRead) throw new HttpError(said.status, message);
  work?.enter("patch");
  const isShown = isFlashRead && seen.flash.length > 0 && request.method !== "HEAD";
  const nonce = makeNonce();
  const headers = new Headers();
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("cache-control", "private, no-store");
  headers.set("vary", `cookie, ${VISIT_HEADER}`);
  headers.set("content-security-policy", contentSecurityPolicy(nonce, arrival.secure));
  const handover = handoverOf(request, parts);
  if (handover !== undefined) {
    return handover.take({ page, params, opened, visitor, values, isFlashShown: isShown }, headers);
  }
  // Where the session is written at this moment, they are shown again: better than never.
  const now = isShown ? await parts.records.takeFlash(seen) ?? seen : seen;
  // Without a cookie there is no session, and so no socket to be had: the page shows, and does no more.
  const live = arrival.cookies
    ? await sealVisit(opened, { session, seen: now, visit, url: arrival.url, former, errors }, parts)
    : undefined;
  const islands = islandsOf(
    parts.renderer.hasIslands,
    () => [opened.render.body, ...opened.parts.values().map(({ body }) => body)],
  );
  const { base, lang, navigation, scripts: { hash } } = parts;
  const tools = development ? await toolsFor(parts) : undefined;
  const dev = development ? {} : undefined;
  const around = { base, nonce, lang, navigation, islands, hash, tools, dev };
  const pieces = piecesOf(opened, documentAround(opened.render.head, live, around), said);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  headers.set("content-length", String(length));
  work?.weigh(length);
  const body = request.method === "HEAD" ? null : bodyOf(pieces);
  return new Response(body, { status: said?.status ?? 200, headers });
}

// What many share is not copied into a document of each.
function piecesOf(
  opened: Opened,
  { before, after }: { before: string; after: string },
  said: Said | undefined,
): Uint8Array<ArrayBuffer>[] {
  const { render, parts, shared } = opened, encoder = new TextEncoder();
  if (said !== undefined) return [encoder.encode(before + said.bodyOf(fullBody(opened)) + after)];
  if (shared === undefined) return [encoder.encode(before + fullBody(opened) + after)];
  return [encoder.encode(before), ...shared.bytesOf(render, parts), encoder.encode(after)];
}

interface Sealing extends About {
  readonly session: SessionName;
  readonly errors: FormErrors;
}

// What the page's socket will tell us, and what it will find here when it does.
async function sealVisit(
  opened: Opened,
  { session, errors, ...about }: Sealing,
  parts: Parts,
): Promise<LiveData> {
  const { view, data } = await viewOf(opened, about);
  const { visit } = about;
  view.errors = errors;
  // The socket follows in a moment and finds this very render, so that nothing is rendered twice.
  parts.parked.park(visit, view);
  return {
    token: await sealPage(parts.keys, session.id, parts.build, data),
    visit,
    hash: parts.scripts.hash,
  };
}

/** A response of the page's own keeps its headers; what it does not say of safety is said here. */
export function withHeaders(response: Response, secure: boolean): Response {
  const headers = new Headers(response.headers);
  if (!headers.has("cache-control")) headers.set("cache-control", "private, no-store");
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", contentSecurityPolicy(makeNonce(), secure));
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
