/**
 * Files of a directory, for browsers: `app.static()`.
 *
 * @module
 */

import { cacheControl } from "./_cache_control.ts";
import { accepted, codings, isWorthCompressing } from "./_coding.ts";
import { conditions } from "./_conditions.ts";
import { findFile, type Found, type OpenFile, openFile, realRoot } from "./_file.ts";
import { readName } from "./_file_name.ts";
import { streamFile } from "./_file_stream.ts";
import { filePolicy, mediaType } from "./_media_type.ts";
import { ifRange, readRange } from "./_range.ts";
import { HttpError } from "./error.ts";
import type { StaticFiles, StaticOptions } from "./static_options.ts";

const allow = { allow: "GET, HEAD, OPTIONS" };

/**
 * Answers for a file: conditions, one range, a compressed file beside it. The file is streamed, and closed when the
 * body has ended or is cancelled.
 *
 * @param request its method and headers count
 * @param path the decoded path below the app's base
 * @param files where to look
 * @returns `undefined` where there is no such file
 * @throws HttpError 405, 412 or 416; Error where the directory is missing or may not be read
 */
export async function serveFiles(
  request: Request,
  path: string,
  files: StaticFiles,
): Promise<Response | undefined> {
  const name = readName(path, files.prefix, files.options.index ?? false);
  if (name === undefined) return undefined;
  const root = await realRoot(files.root);
  const plain = await findFile(root, name);
  if (plain === undefined) return undefined;
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: allow });
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new HttpError(405, "A file is got by GET.", { headers: allow });
  }
  const type = mediaType(name, files.options.types);
  const opened = await openBest(request, { root, name, type, plain });
  if (opened === undefined) return undefined;
  using held = new DisposableStack();
  held.use(opened.file);
  const headers = fileHeaders(name, type, opened, files.options);
  const outcome = conditions(request.headers, { tag: headers.get("etag"), modified: opened.modified });
  if (outcome === "failed") throw new HttpError(412, "The file is not as the request wants it.");
  if (outcome === "unchanged") return unchanged(headers);
  const { size, coding } = opened;
  const whole = coding !== undefined || request.method === "HEAD" ||
    !ifRange(request.headers, headers.get("etag"));
  const range = whole ? "whole" : readRange(request.headers.get("range"), size);
  if (range === "unsatisfiable") {
    throw new HttpError(416, `The file has ${size} bytes.`, {
      headers: { "content-range": `bytes */${size}` },
    });
  }
  const { first, length } = range === "whole" ? { first: 0, length: size } : range;
  headers.set("content-length", String(length));
  if (range !== "whole") headers.set("content-range", `bytes ${first}-${first + length - 1}/${size}`);
  const status = range === "whole" ? 200 : 206;
  if (request.method === "HEAD" || length === 0) return new Response(null, { status, headers });
  if (first > 0) await opened.file.seek(first, Deno.SeekMode.Start);
  held.move(); // from here the stream closes it
  return new Response(streamFile(opened.file, length, name), { status, headers });
}

/** A file that will be sent, and how its content is encoded. */
interface Chosen extends OpenFile {
  readonly coding: string | undefined;
}

// The best of what the peer takes and the directory has. A range is one of the plain file: pieces of something
// compressed are of no use to a peer that has not got the beginning.
async function openBest(
  request: Request,
  { root, name, type, plain }: { root: string; name: string; type: string; plain: Found },
): Promise<Chosen | undefined> {
  const wanted = isWorthCompressing(type)
    ? accepted(request.headers.get("accept-encoding"))
    : { best: [], identity: true };
  const ranged = request.method === "GET" && request.headers.has("range");
  for (const coding of ranged && wanted.identity ? [] : wanted.best) {
    const found = await findFile(root, name + codings[coding]);
    // What is older than the file was made from another one.
    if (found === undefined || (found.modified ?? 0) < (plain.modified ?? 0)) continue;
    const opened = await openFile(found);
    if (opened !== undefined) return { ...opened, coding };
  }
  const opened = await openFile(plain);
  return opened === undefined ? undefined : { ...opened, coding: undefined };
}

function fileHeaders(
  name: string,
  type: string,
  { size, modified, coding }: Chosen,
  options: StaticOptions,
): Headers {
  const headers = new Headers(options.headers);
  headers.set("content-type", type);
  headers.set("cache-control", cacheControl(name, options.cacheControl));
  if (coding === undefined) headers.set("accept-ranges", "bytes");
  else headers.set("content-encoding", coding);
  // Said of every file that might have a compressed one, so that caches do not depend on whether it was there.
  if (isWorthCompressing(type)) headers.append("vary", "accept-encoding");
  if (modified !== undefined) {
    const made = `${size.toString(36)}-${modified.toString(36)}`;
    headers.set("etag", coding === undefined ? `"${made}"` : `"${made}-${coding}"`);
    headers.set("last-modified", new Date(Math.min(modified, Date.now())).toUTCString());
  }
  const policy = filePolicy(type);
  if (policy !== undefined && !headers.has("content-security-policy")) {
    headers.set("content-security-policy", policy);
  }
  return headers;
}

// What describes the content stays with the cache that has it.
function unchanged(headers: Headers): Response {
  for (const name of ["content-type", "content-encoding", "accept-ranges"]) headers.delete(name);
  return new Response(null, { status: 304, headers });
}
