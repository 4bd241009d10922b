/**
 * The path of a request, decoded once; routes, guards and files all match this one string.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import { HttpError } from "./error.ts";

// A slash or backslash that hides in an escape would mean one thing to a guard and another to a file system; a tab or
// a line break would to a guard and to a URLPattern, which drops it.
const hidden = /%(2f|5c|7f|[01][0-9a-f])|\\|\0/i;

/**
 * Decodes the path of a URL.
 *
 * @returns the path with its percent escapes decoded
 * @throws HttpError 400 for `//`, a backslash, a control character, an escaped slash or bad UTF-8; 414 for a URL or
 * query that is too long
 */
export function readPath(url: URL, limits: Pick<Limits, "url" | "params">): string {
  if (url.pathname.length + url.search.length > limits.url) {
    throw new HttpError(414, `A URL has at most ${limits.url} characters.`);
  }
  if (url.searchParams.size > limits.params) {
    throw new HttpError(414, `A query has at most ${limits.params} parameters.`);
  }
  if (url.pathname.includes("//") || hidden.test(url.pathname)) {
    throw new HttpError(400, "The path is not valid.");
  }
  try {
    return decodeURIComponent(url.pathname);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    // Without the cause: anybody can send such a path, and none is worth a line of the log.
    throw new HttpError(400, "The path is not valid UTF-8.");
  }
}
