/**
 * Serves the modules of islands.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { Path } from "../../protocol/markers.ts";
import { takesGzip } from "../http/compress.ts";
import { HttpError } from "../http/error.ts";
import type { IslandFile, Islands } from "../islands/islands.ts";

/** The name of the file that a path below the base asks for; `undefined` for a path that is elsewhere. */
export function islandFileOf(path: string): string | undefined {
  return path.startsWith(Path.islands) ? path.slice(Path.islands.length) : undefined;
}

/**
 * A file of islands. One whose name says its content is kept for ever, and zipped once.
 *
 * @param name from a stranger: it is looked up among names, and never becomes a path
 * @param development whether a developer asks
 * @throws HttpError 404 for what is not there, 405 for another method, 500 for what cannot be bundled
 */
export async function serveIslands(
  request: Request,
  name: string,
  islands: Islands,
  development: boolean,
): Promise<Response> {
  const file = await islands.file(name, development);
  if (file === undefined) throw new HttpError(404, "There is no such island.");
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new HttpError(405, "An island is got by GET.", { headers: { allow: "GET, HEAD" } });
  }
  const gzip = file.immutable && takesGzip(request.headers.get("accept-encoding") ?? "");
  const headers = new Headers({
    "content-type": file.type,
    "cache-control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    etag: gzip ? `"${file.tag}-gzip"` : `"${file.tag}"`,
  });
  const known = request.headers.get("if-none-match")?.replace(/^W\//, "");
  if (known === headers.get("etag")) return new Response(null, { status: 304, headers });
  if (gzip) headers.set("content-encoding", "gzip");
  if (request.method === "HEAD") return new Response(null, { headers });
  return new Response(gzip ? zip(file) : file.bytes, { headers });
}

const zipped = new WeakMap<IslandFile, Uint8Array<ArrayBuffer>>();

// As well as it can be, since that is done once; a `CompressionStream` has no level.
function zip(file: IslandFile): Uint8Array<ArrayBuffer> {
  const known = zipped.get(file);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(gzipSync(file.bytes, { level: 9 }));
  zipped.set(file, bytes);
  return bytes;
}
