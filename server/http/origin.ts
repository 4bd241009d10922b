/**
 * Who sent a request that may change something.
 *
 * @module
 */

import { HttpError } from "./error.ts";
import type { Arrival } from "./host.ts";

/**
 * Refuses a page socket from anybody but our own pages. Browsers do not apply the same-origin rule to sockets, and
 * another port of the host sends even a `SameSite=Strict` cookie.
 *
 * @throws HttpError 403
 */
export function checkSocketOrigin(request: Request, arrival: Arrival): void {
  if (checkEndpointOrigin(request, arrival) === undefined) {
    throw new HttpError(403, "A page's socket has an Origin header.");
  }
}

/**
 * The same for a socket that programs may open too, which name no origin.
 *
 * @returns the origin; `undefined` where there is none: then no cookie says who it is
 * @throws HttpError 403
 */
export function checkEndpointOrigin(request: Request, { origins }: Arrival): string | undefined {
  const origin = request.headers.get("origin");
  if (origin === null || origins.includes(origin)) return origin ?? undefined;
  throw new HttpError(403, `The origin ${JSON.stringify(origin.slice(0, 200))} may not open this socket.`);
}

/**
 * Refuses an unsafe request (anything but GET, HEAD, OPTIONS) that a page of somebody else may have made.
 *
 * @throws HttpError 403
 */
export function checkPostOrigin(request: Request, { origins }: Arrival): void {
  if (["GET", "HEAD", "OPTIONS"].includes(request.method)) return;
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) {
    // `same-site` is another port or subdomain: not us.
    if (site === "same-origin" || site === "none") return;
    throw new HttpError(403, "This request comes from another site.");
  }
  const origin = request.headers.get("origin");
  if (origin !== null) {
    if (origins.includes(origin)) return;
    throw new HttpError(403, "This request comes from another site.");
  }
  if (request.headers.has("cookie")) {
    throw new HttpError(403, "This request does not say where it comes from.");
  }
}
