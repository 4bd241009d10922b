/**
 * What a posted form's address says besides its page's own.
 *
 * @module
 */

import { POST_PARAM } from "../../protocol/markers.ts";

/** Whether an address is that of a posted form. */
export function isMarked({ searchParams }: URL): boolean {
  return searchParams.has(POST_PARAM);
}

/** The page's own address; what else is in its query stays as it is written. */
export function withoutMark(url: URL): URL {
  if (!isMarked(url)) return url;
  const clean = new URL(url);
  clean.search = url.search.slice(1).split("&")
    .filter((part) => !new URLSearchParams(part).has(POST_PARAM))
    .join("&");
  return clean;
}
