/**
 * Answers GET and HEAD of a page.
 *
 * @module
 */

import { VISIT_HEADER } from "../../protocol/markers.ts";
import { contentSecurityPolicy, makeNonce } from "../http/headers.ts";
import { HttpError } from "../http/error.ts";
import { type LiveData, writeDocument } from "../page/document.ts";
import type { Page, Untyped } from "../page/page.ts";
import { visitState } from "../reflex/call.ts";
import { makeVisit, type OpenedPage, sealPage } from "../page/page_data.ts";
import { hashRender, type Render } from "../page/view.ts";
import type { SessionName } from "../session/cookie.ts";
import { isForgotten, type Snapshot } from "../session/records.ts";
import type { Arrived, Parts } from "./parts.ts";

/**
 * Serves a page: the whole document, with its sealed data. Nothing is written to the store.
 *
 * @throws HttpError 405 for another method; and what the page throws
 */
export async function servePage(
  { request, arrival }: Arrived,
  { page, params }: { page: Page; params: Record<string, string> },
  parts: Parts,
): Promise<Response> {
  const allow = { allow: "GET, HEAD, OPTIONS" };
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: allow });
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new HttpError(405, "This page answers to GET.", { headers: allow });
  }
  const { session, seen, visit, setCookie } = await recognise(request, arrival, parts);
  const rendered = await parts.renderer.render(page, {
    url: new URL(arrival.url),
    params,
    session: await parts.values.read(seen.values) as Untyped,
    state: visitState(seen, page),
    user: seen.user,
  });
  const headers = new Headers(setCookie === undefined ? {} : { "set-cookie": setCookie });
  if (rendered instanceof Response) return withHeaders(rendered, headers, arrival.secure);
  const nonce = makeNonce();
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("cache-control", "private, no-store");
  headers.set("vary", `cookie, ${VISIT_HEADER}`);
  headers.set("content-security-policy", contentSecurityPolicy(nonce, arrival.secure));
  // Without a cookie there is no session, and so no socket to be had: the page shows, and does no more.
  const live = arrival.cookies
    ? await sealVisit(rendered, { session, seen, visit, url: arrival.url }, parts)
    : undefined;
  const document = writeDocument(rendered, live, { base: parts.base, nonce, lang: parts.lang });
  return new Response(request.method === "HEAD" ? null : document, { headers });
}

// What the page's socket will tell us, and what it will find here when it does.
async function sealVisit(
  render: Render,
  { session, seen, visit, url }: { session: SessionName; seen: Snapshot; visit: string; url: URL },
  parts: Parts,
): Promise<LiveData> {
  const hash = await hashRender(render);
  const data = {
    visit,
    path: `${url.pathname}${url.search}`,
    hash,
    state: seen.version,
    identity: seen.identity,
  };
  // The socket follows in a moment and finds this very render, so that nothing is rendered twice.
  parts.parked.park(visit, { hash, version: 0, render, previous: undefined, state: seen.version });
  return { token: await sealPage(parts.keys, session.id, parts.build, data), visit };
}

// Who asks, and for which visit: the one that a resync names, or a new one.
async function recognise(
  request: Request,
  { url, secure, cookies }: Arrived["arrival"],
  parts: Parts,
): Promise<{ session: SessionName; seen: Snapshot; visit: string; setCookie: string | undefined }> {
  const session = cookies ? await parts.cookie.read(request.headers.get("cookie"), secure) : undefined;
  if (session !== undefined) {
    const named = await namedVisit(request, url, session, parts);
    const visit = named?.visit ?? makeVisit();
    const seen = await parts.records.read(session.id, visit);
    if (!isOver(seen, parts)) {
      const stale = seen.endedAt === undefined && parts.cookie.isStale(session);
      const setCookie = stale ? await parts.cookie.write(session, secure) : undefined;
      // What a forgotten visit has sent is not known any more: its page goes on as another.
      const forgotten = named !== undefined && isForgotten(seen, named.sealedAt);
      return { session, seen, visit: forgotten ? makeVisit() : visit, setCookie };
    }
  }
  const fresh = parts.cookie.create(), visit = makeVisit();
  const seen = await parts.records.read(fresh.id, visit);
  return {
    session: fresh,
    seen,
    visit,
    setCookie: cookies ? await parts.cookie.write(fresh, secure) : undefined,
  };
}

async function namedVisit(
  request: Request,
  url: URL,
  session: SessionName,
  parts: Parts,
): Promise<OpenedPage | undefined> {
  const token = request.headers.get(VISIT_HEADER);
  const data = token === null ? undefined : await parts.open(session.id, token);
  return data?.path === `${url.pathname}${url.search}` ? data : undefined;
}

// A session that ended a moment ago may still be named by requests that were under way at the login: answering them
// with a new cookie would overwrite the one that the login has just set.
function isOver({ endedAt }: Snapshot, { clock, limits }: Parts): boolean {
  return endedAt !== undefined && clock.now() - endedAt > limits.ticket;
}

// A response of the page's own keeps its headers; what it does not say of safety is said here.
function withHeaders(response: Response, more: Headers, secure: boolean): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of more) headers.append(name, value);
  if (!headers.has("cache-control")) headers.set("cache-control", "private, no-store");
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", contentSecurityPolicy(makeNonce(), secure));
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
