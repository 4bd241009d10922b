/**
 * Serves the browser's scripts.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { takesGzip } from "../http/compress.ts";
import { HttpError } from "../http/error.ts";
import { type ClientScripts, defaultScripts } from "../page/client_scripts.ts";
import { clientPath } from "../page/document.ts";

/** One of them. */
class Script {
  readonly code: string;
  /** Its entity tag, but for what is said of its coding. */
  readonly tag: string;
  #zipped: Uint8Array<ArrayBuffer> | undefined;

  constructor(code: string, tag: string) {
    this.code = code;
    this.tag = tag;
  }

  /** Zipped as well as it can be, since that is done once; a `CompressionStream` has no level. */
  get zipped(): Uint8Array<ArrayBuffer> {
    return this.#zipped ??= new Uint8Array(gzipSync(this.code, { level: 9 }));
  }
}

/** The scripts of an app, by their paths. */
export type ScriptsByPath = ReadonlyMap<string, Script>;

export type { Script };

/** Makes them ready to be served. Apps without names of their own have one copy of what is zipped. */
export function byPath(scripts: ClientScripts): ScriptsByPath {
  return scripts === defaultScripts ? shared : read(scripts);
}

const shared = read(defaultScripts);

/** The same of any. */
export function read({ hash, codes }: Omit<ClientScripts, "codes"> & { codes: object }): ScriptsByPath {
  return new Map(
    Object.entries(codes).map(([name, code]) => [clientPath(name, hash), new Script(code, hash)]),
  );
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
    etag: gzip ? `"${script.tag}-gzip"` : `"${script.tag}"`,
  });
  if (request.headers.get("if-none-match") === headers.get("etag")) {
    return new Response(null, { status: 304, headers });
  }
  if (gzip) headers.set("content-encoding", "gzip");
  if (request.method === "HEAD") return new Response(null, { headers });
  return new Response(gzip ? script.zipped : script.code, { headers });
}
