/**
 * Answers GET and HEAD of a page.
 *
 * @module
 */

import { VISIT_HEADER } from "../../protocol/markers.ts";
import type { ContextValues } from "../http/context.ts";
import { contentSecurityPolicy, makeNonce } from "../http/headers.ts";
import { bodyOf } from "../http/pieces.ts";
import { documentAround, type LiveData } from "../page/document.ts";
import type { Page, Untyped } from "../page/page.ts";
import { visitState } from "../reflex/call.ts";
import { hashOpened, type Opened, openView } from "../page/open_view.ts";
import { sealPage } from "../page/page_data.ts";
import { fullBody } from "../page/shown.ts";
import { View } from "../page/view.ts";
import { ownerOf } from "../reflex/person.ts";
import type { SessionName } from "../session/cookie.ts";
import type { Snapshot } from "../session/records.ts";
import type { Arrived, Parts } from "./parts.ts";
import type { Visitor } from "./visitor.ts";

/**
 * Serves a page: the whole document, with its sealed data. Nothing is written to the store, but that messages for the
 * session's next page have been shown.
 *
 * @throws what the page throws
 */
export async function servePage(
  { request, arrival, development }: Arrived,
  { page, params }: { page: Page; params: Record<string, string> },
  { session, seen, visit }: Visitor,
  values: ContextValues,
  parts: Parts,
): Promise<Response> {
  const flash = [...seen.visit.flash, ...seen.flash];
  let isFlashRead = false;
  const opened = await openView(page, {
    owner: ownerOf(session.id, seen),
    url: new URL(arrival.url),
    params,
    session: await parts.values.read(seen.values) as Untyped,
    state: visitState(seen, page),
    user: seen.user,
    get flash() {
      isFlashRead = true;
      return flash;
    },
    values,
  }, parts);
  if (opened instanceof Response) return withHeaders(opened, arrival.secure);
  const isShown = isFlashRead && seen.flash.length > 0 && request.method === "GET";
  // Where the session is written at this moment, they are shown again: better than never.
  const now = isShown ? await parts.records.takeFlash(seen) ?? seen : seen;
  const nonce = makeNonce();
  const headers = new Headers();
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("cache-control", "private, no-store");
  headers.set("vary", `cookie, ${VISIT_HEADER}`);
  headers.set("content-security-policy", contentSecurityPolicy(nonce, arrival.secure));
  // Without a cookie there is no session, and so no socket to be had: the page shows, and does no more.
  const live = arrival.cookies
    ? await sealVisit(opened, { session, seen: now, visit, url: arrival.url }, parts)
    : undefined;
  const around = { base: parts.base, nonce, lang: parts.lang, development };
  const pieces = piecesOf(opened, documentAround(opened.render.head, live, around));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  headers.set("content-length", String(length));
  return new Response(request.method === "HEAD" ? null : bodyOf(pieces), { headers });
}

// What many share is not copied into a document of each.
function piecesOf(
  opened: Opened,
  { before, after }: { before: string; after: string },
): Uint8Array<ArrayBuffer>[] {
  const { render, parts, shared } = opened, encoder = new TextEncoder();
  if (shared === undefined) return [encoder.encode(before + fullBody(opened) + after)];
  return [encoder.encode(before), ...shared.bytesOf(render, parts), encoder.encode(after)];
}

// What the page's socket will tell us, and what it will find here when it does.
async function sealVisit(
  opened: Opened,
  { session, seen, visit, url }: { session: SessionName; seen: Snapshot; visit: string; url: URL },
  parts: Parts,
): Promise<LiveData> {
  const { render, parts: inside, shared, at } = opened;
  const hash = await hashOpened(opened);
  const { version: state, identity } = seen;
  const view = new View({ hash, state, render, parts: inside, shared, at });
  const [topic] = view.topics();
  const isWatched = shared !== undefined || topic !== undefined;
  // The socket follows in a moment and finds this very render, so that nothing is rendered twice.
  parts.parked.park(visit, view);
  const data = { visit, path: `${url.pathname}${url.search}`, hash, state, identity, isWatched };
  return {
    token: await sealPage(parts.keys, session.id, parts.build, data),
    visit,
    hash: parts.scripts.hash,
  };
}

// A response of the page's own keeps its headers; what it does not say of safety is said here.
function withHeaders(response: Response, secure: boolean): Response {
  const headers = new Headers(response.headers);
  if (!headers.has("cache-control")) headers.set("cache-control", "private, no-store");
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", contentSecurityPolicy(makeNonce(), secure));
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
