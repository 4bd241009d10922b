/**
 * Who a request comes from: the session that its cookie names, or a new one.
 *
 * @module
 */

import { VISIT_HEADER } from "../../protocol/markers.ts";
import { HttpError } from "../http/error.ts";
import { type Former, makeVisit, type OpenedPage } from "../page/page_data.ts";
import type { SessionName } from "../session/cookie.ts";
import { isForgotten, type Snapshot } from "../session/records.ts";
import type { Arrived, Parts } from "./parts.ts";

/** Who asks. */
export interface Visitor {
  /** The session. */
  readonly session: SessionName;
  /** Whether the request's cookie has named it. */
  readonly isNamed: boolean;
  /** What is known of it and of the visit. */
  readonly seen: Snapshot;
  /** The visit that a resync names, or a new one. */
  readonly visit: string;
  /** Where that visit has come from, as far as its resync says. */
  readonly former: Former | undefined;
  /** The header that tells the browser its session, where that is new or has to be told again. */
  readonly setCookie: string | undefined;
  /** Likewise the one that takes back which visit a posted form has left to this page. */
  readonly arrived?: string | undefined;
}

/**
 * Finds out who asks. Nothing is written.
 *
 * @throws HttpError 429 for a visit whose page is loaded again and again
 */
export async function recognise(
  { request, arrival: { url, secure, cookies } }: Arrived,
  parts: Parts,
): Promise<Visitor> {
  const session = cookies ? await parts.cookie.read(request.headers.get("cookie"), secure) : undefined;
  if (session !== undefined) {
    const named = await namedVisit(request, url, session, parts);
    const carried = named === undefined
      ? await carriedVisit(request, url, secure, session, parts)
      : undefined;
    const visit = named?.visit ?? carried ?? makeVisit();
    const seen = await readRecords(session.id, visit, parts);
    if (!isOver(seen, parts)) {
      const stale = seen.endedAt === undefined && parts.cookie.isStale(session);
      const setCookie = stale ? await parts.cookie.write(session, secure) : undefined;
      // What a forgotten visit has sent is not known any more: its page goes on as another.
      const forgotten = named !== undefined && isForgotten(seen, named.sealedAt);
      const isNamed = true;
      if (forgotten) return { session, isNamed, seen, visit: makeVisit(), former: undefined, setCookie };
      const arrived = carried === undefined ? undefined : parts.cookie.arrived(secure);
      return { session, isNamed, seen, visit, former: named?.former, setCookie, arrived };
    }
  }
  const fresh = parts.cookie.create(), visit = makeVisit();
  const seen = await readRecords(fresh.id, visit, parts);
  return {
    session: fresh,
    isNamed: false,
    seen,
    visit,
    former: undefined,
    setCookie: cookies ? await parts.cookie.write(fresh, secure) : undefined,
  };
}

/**
 * What is known of a session and a visit.
 *
 * @throws HttpError 503 where that cannot be found out now. A browser that loads a page again tries again by itself; a
 * person is asked to
 */
export async function readRecords(session: string, visit: string, parts: Parts): Promise<Snapshot> {
  try {
    return await parts.records.read(session, visit);
  } catch (cause) {
    const headers = { "retry-after": "2" };
    throw new HttpError(503, "The data cannot be reached now. Please try again in a moment.", {
      cause,
      headers,
    });
  }
}

async function namedVisit(
  request: Request,
  url: URL,
  session: SessionName,
  parts: Parts,
): Promise<OpenedPage | undefined> {
  const token = request.headers.get(VISIT_HEADER);
  const data = token === null ? undefined : await parts.open(session.id, token);
  if (data?.path !== `${url.pathname}${url.search}`) return undefined;
  const wait = parts.resyncs.take(data.visit);
  if (wait === 0) return data;
  throw new HttpError(429, "This page was loaded again too often.", {
    headers: { "retry-after": String(Math.ceil(wait / 1000)) },
  });
}

// What a posted form has made of the page's state is shown by the page that it leads to.
async function carriedVisit(
  request: Request,
  { pathname, search }: URL,
  secure: boolean,
  session: SessionName,
  { cookie }: Parts,
): Promise<string | undefined> {
  if (request.method !== "GET" || request.headers.has(VISIT_HEADER)) return undefined;
  return await cookie.carried(request.headers.get("cookie"), `${pathname}${search}`, session.id, secure);
}

/**
 * Whether a session has ended for good. One that ended a moment ago may still be named by requests that were under way at
 * the login: answering them with a new cookie would overwrite the one that the login has just set.
 */
export function isOver({ endedAt }: Snapshot, { clock, limits }: Parts): boolean {
  return endedAt !== undefined && clock.now() - endedAt > limits.ticket;
}
