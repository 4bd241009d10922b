/**
 * Serves the browser's scripts.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { takesGzip } from "../http/compress.ts";
import { HttpError } from "../http/error.ts";
import { clientHash, clientScripts } from "../page/client_script.ts";
import { clientPath } from "../page/document.ts";

/** One of them. */
class Script {
  readonly code: string;
  #zipped: Uint8Array<ArrayBuffer> | undefined;

  constructor(code: string) {
    this.code = code;
  }

  /** Zipped as well as it can be, since that is done once; a `CompressionStream` has no level. */
  get zipped(): Uint8Array<ArrayBuffer> {
    return this.#zipped ??= new Uint8Array(gzipSync(this.code, { level: 9 }));
  }
}

const scripts = new Map(
  Object.entries(clientScripts).map(([name, code]) => [clientPath(name), new Script(code)]),
);

/** The browser's script of this path, if it is one's. */
export function clientScriptAt(path: string): Script | undefined {
  return scripts.get(path);
}

/**
 * A script, under a name that the content of all decides: it never changes, so it is kept for ever, and zipped once.
 *
 * @throws HttpError 405 for another method
 */
export function serveClient(request: Request, script: Script): Response {
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
  return new Response(gzip ? script.zipped : script.code, { headers });
}
