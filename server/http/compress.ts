/**
 * Compresses what shrinks.
 *
 * @module
 */

const shrinks = /^(text\/|application\/(json|javascript|xml|manifest\+json|wasm)|image\/svg\+xml)/;

// Below this the header costs more than it saves, and one packet carries it anyway.
const FEWEST_BYTES = 1024;

/**
 * The response, gzipped where the request takes that and the content shrinks by it. Ranges, what is encoded already
 * and what says `no-transform` stay as they are.
 * So do bodies whose `content-length` says that they are small.
 */
export function compress(request: Request, response: Response): Response {
  const { headers, body, status } = response;
  if (status === 206 || headers.has("content-encoding") || headers.has("content-range")) return response;
  // HEAD says what GET would, without its body; nothing else without one has anything to compress.
  if (body === null && (request.method !== "HEAD" || status === 204 || status === 304)) return response;
  if (!shrinks.test(headers.get("content-type") ?? "")) return response;
  if (/\bno-transform\b/.test(headers.get("cache-control") ?? "")) return response;
  if (Number(headers.get("content-length") ?? Infinity) < FEWEST_BYTES) return response;
  const more = new Headers(headers);
  const vary = headers.get("vary") ?? "";
  if (!/\baccept-encoding\b|\*/i.test(vary)) {
    more.set("vary", vary === "" ? "accept-encoding" : `${vary}, accept-encoding`);
  }
  if (!takesGzip(request.headers.get("accept-encoding") ?? "")) {
    return new Response(body, { status, statusText: response.statusText, headers: more });
  }
  more.set("content-encoding", "gzip");
  more.delete("content-length");
  more.delete("accept-ranges");
  // The bytes are others now: what named them strongly names them weakly.
  const etag = more.get("etag");
  if (etag !== null && !etag.startsWith("W/")) more.set("etag", `W/${etag}`);
  const zipped = body?.pipeThrough(new CompressionStream("gzip")) ?? null;
  return new Response(zipped, { status, statusText: response.statusText, headers: more });
}

/** Whether an Accept-Encoding header takes gzip: by name or by `*`, and not with a quality of 0. */
export function takesGzip(header: string): boolean {
  const qualities = new Map<string, number>();
  for (const item of header.split(",")) {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    qualities.set(name, q === undefined ? 1 : Number(q.slice(2)) || 0);
  }
  return (qualities.get("gzip") ?? qualities.get("x-gzip") ?? qualities.get("*") ?? 0) > 0;
}
