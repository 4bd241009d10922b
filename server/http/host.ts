/**
 * Which names we answer to, and as which origin: the first check of every request (DNS rebinding, forged Host).
 *
 * @module
 */

import { HttpError } from "./error.ts";

/** Where a request came in. */
export interface Arrival {
  /** The request's URL, parsed. */
  readonly url: URL;
  /** Origins whose pages may open our sockets and post to us. */
  readonly origins: readonly string[];
  /** Whether the browser speaks https, here or to the proxy in front of us. */
  readonly secure: boolean;
  /** Whether cookies may be used at all: https, or loopback. */
  readonly cookies: boolean;
}

/**
 * Checks the Host of a request, and tells where it came in.
 *
 * A `host` header, where there is one (HTTP/2 has none), must be of the form `name[:port]`, equal the URL's host, and
 * be named in `hosts` or `origins`. Without both: loopback names, `*.localhost`, IP literals and what Deno Deploy
 * routes here. `X-Forwarded-Host` is not read.
 *
 * @param request the request
 * @param allowed `hosts` as `name[:port]`; `origins` as `https://name[:port]`
 * @param deployed whether an edge in front of us decides which names reach us
 * @throws HttpError 400 for a header that does not parse, 421 for a host that is not ours
 */
export function arrive(
  request: Request,
  allowed: { hosts: readonly string[]; origins: readonly string[] },
  deployed: boolean,
): Arrival {
  const header = request.headers.get("host");
  if (header !== null && !/^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/.test(header)) {
    throw new HttpError(400, "The Host header is not valid.");
  }
  // Deno puts whatever came as the host into the URL, `127.0.0.1:99999` too.
  const url = URL.parse(request.url);
  if (url === null) throw new HttpError(400, "The request's URL is not valid.");
  const port = url.protocol === "https:" ? /:443$/ : /:80$/;
  if (header !== null && header.toLowerCase().replace(port, "") !== url.host) {
    throw new HttpError(421, "The Host header and the request's URL differ.");
  }
  const named = allowed.origins.filter((origin) => new URL(origin).host === url.host);
  const known = named.length > 0 || allowed.hosts.includes(url.host) ||
    (allowed.hosts.length === 0 && allowed.origins.length === 0 && (isLocal(url.hostname) || deployed));
  if (!known) {
    throw new HttpError(421, `This server does not answer to the name ${JSON.stringify(url.host)}.`);
  }
  const secure = url.protocol === "https:" || named.some((origin) => origin.startsWith("https:"));
  const own = secure === (url.protocol === "https:") ? [url.origin] : [];
  return {
    url,
    origins: allowed.origins.length > 0 ? [...allowed.origins] : own,
    secure,
    cookies: secure || isLoopback(url.hostname),
  };
}

/** Whether a name can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(hostname);
}

// An IP literal cannot be rebound: nobody's DNS is asked.
function isLocal(hostname: string): boolean {
  return isLoopback(hostname) || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname) || hostname.startsWith("[");
}
