/**
 * Who a request comes from: the session that its cookie names, or a new one.
 *
 * @module
 */

import { VISIT_HEADER } from "../../protocol/markers.ts";
import { makeVisit, type OpenedPage } from "../page/page_data.ts";
import type { SessionName } from "../session/cookie.ts";
import { isForgotten, type Snapshot } from "../session/records.ts";
import type { Arrived, Parts } from "./parts.ts";

/** Who asks. */
export interface Visitor {
  /** The session. */
  readonly session: SessionName;
  /** What is known of it and of the visit. */
  readonly seen: Snapshot;
  /** The visit that a resync names, or a new one. */
  readonly visit: string;
  /** The header that tells the browser its session, where that is new or has to be told again. */
  readonly setCookie: string | undefined;
}

/** Finds out who asks. Nothing is written. */
export async function recognise(
  { request, arrival: { url, secure, cookies } }: Arrived,
  parts: Parts,
): Promise<Visitor> {
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
