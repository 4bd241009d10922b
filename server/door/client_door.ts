/**
 * Serves the browser's script.
 *
 * @module
 */

import { HttpError } from "../http/error.ts";
import { clientHash, clientScript } from "../page/client_script.ts";

/**
 * The script, under a name that its content decides: it never changes, so it is kept for ever.
 *
 * @throws HttpError 405 for another method
 */
export function serveClient(request: Request): Response {
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new HttpError(405, "The script is got by GET.", { headers: { allow: "GET, HEAD" } });
  }
  const headers = {
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
    etag: `"${clientHash}"`,
  };
  if (request.headers.get("if-none-match") === headers.etag) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(request.method === "HEAD" ? null : clientScript, { headers });
}
