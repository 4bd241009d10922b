/**
 * Serves the browser's script.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { takesGzip } from "../http/compress.ts";
import { HttpError } from "../http/error.ts";
import { clientHash, clientScript } from "../page/client_script.ts";

let zipped: Uint8Array<ArrayBuffer> | undefined;

/**
 * The script, under a name that its content decides: it never changes, so it is kept for ever, and zipped once.
 *
 * @throws HttpError 405 for another method
 */
export function serveClient(request: Request): Response {
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new HttpError(405, "The script is got by GET.", { headers: { allow: "GET, HEAD" } });
  }
  const gzip = takesGzip(request.headers.get("accept-encoding") ?? "");
  const headers = new Headers({
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
    etag: gzip ? `"${clientHash}-gzip"` : `"${clientHash}"`,
  });
  if (request.headers.get("if-none-match") === headers.get("etag")) {
    return new Response(null, { status: 304, headers });
  }
  if (gzip) headers.set("content-encoding", "gzip");
  if (request.method === "HEAD") return new Response(null, { headers });
  return new Response(gzip ? zipped ??= zip(clientScript) : clientScript, { headers });
}

// Once, so as well as it can be; a `CompressionStream` has no level.
function zip(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(text, { level: 9 }));
}
