/**
 * Gets a page for a socket that goes to it: by the very way that a browser's GET of it takes.
 *
 * @module
 */

import { cookiesAfter } from "../http/cookie_line.ts";
import type { Landing, Trip } from "../reflex/trip.ts";
import { unpackHeaders } from "../socket/told_headers.ts";
import { expectPage } from "./handover.ts";
import type { Parts } from "./parts.ts";

/** Redirects that are followed; a page that needs more is loaded in full, and the browser says what it thinks of that. */
const MOST_HOPS = 5;

/** Headers of a handshake that say nothing about a page. The rest is what the browser sends with every request. */
const theirs = [
  "origin",
  "accept-encoding",
  "cache-control",
  "content-length",
  "content-type",
  "pragma",
  "range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
  "transfer-encoding",
  "argyle-visit",
];

/**
 * Gets a page.
 *
 * @returns `undefined` for all that is no page of this app, of this session, and well: the browser loads it in full
 */
export async function travel(trip: Trip, parts: Parts): Promise<Landing | undefined> {
  let url = URL.parse(trip.to, trip.origin), { cookie } = trip;
  const setCookies: string[] = [], been = new Set<string>();
  for (let hop = 0; hop <= MOST_HOPS && url?.origin === trip.origin; hop++) {
    const { href } = withoutHash(url);
    // A page that leads to itself: a browser knows how to say so.
    if (been.has(`${href} ${cookie}`)) return undefined;
    been.add(`${href} ${cookie}`);
    const request = new Request(href, { headers: headersOf(trip, cookie, url), signal: trip.signal });
    const handover = expectPage(request, parts);
    const response = await parts.get(request, trip.development);
    const lines = response.headers.getSetCookie();
    const opened = handover.pageOf(response);
    await response.body?.cancel();
    const after = cookiesAfter(cookie, lines, parts.base, parts.clock.now());
    if (after === undefined || trip.signal.aborted) return undefined;
    cookie = after;
    setCookies.push(...lines);
    if (opened !== undefined) {
      const { visitor: { session, seen, visit }, ...rest } = opened;
      // Whoever has another session by now needs another socket.
      if (session.id !== trip.session || seen.endedAt !== undefined) return undefined;
      return { ...rest, visit, seen, url, setCookies, cookie };
    }
    url = nextOf(response, url);
  }
  return undefined;
}

function nextOf({ status, headers }: Response, from: URL): URL | null {
  const location = headers.get("location");
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return null;
  const to = URL.parse(location, from);
  // A browser keeps the fragment that was there, unless it is told another.
  if (to !== null && to.hash === "") to.hash = from.hash;
  return to;
}

function withoutHash(url: URL): URL {
  const bare = new URL(url);
  bare.hash = "";
  return bare;
}

function headersOf({ told }: Trip, cookie: string, url: URL): Headers {
  const headers = unpackHeaders(told);
  for (const name of theirs) headers.delete(name);
  headers.set("accept", "text/html");
  if (headers.has("host")) headers.set("host", url.host);
  if (headers.has("sec-fetch-mode")) headers.set("sec-fetch-mode", "navigate");
  if (headers.has("sec-fetch-dest")) headers.set("sec-fetch-dest", "document");
  if (cookie !== "") headers.set("cookie", cookie);
  return headers;
}
