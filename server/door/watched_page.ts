/**
 * A page that is served, for those who look.
 *
 * @module
 */

import { HttpError } from "../http/error.ts";
import type { Page } from "../page/page.ts";
import type { Work } from "../trace/work.ts";
import type { Parts } from "./parts.ts";

/** Serves a page, and notes what becomes of it. */
export async function watchPage(
  { watch }: Parts,
  { path: target }: Page,
  visit: string | undefined,
  serve: (work: Work | undefined) => Promise<Response>,
): Promise<Response> {
  if (watch === undefined) return await serve(undefined);
  const work = watch.begin({ kind: "page", target, visit: visit?.slice(0, 6) });
  let outcome = "error";
  try {
    const response = await serve(work);
    outcome = response.status < 300 ? "page" : "left";
    return response;
  } catch (error) {
    if (error instanceof HttpError && error.status < 500) outcome = "refused";
    throw error;
  } finally {
    work.end(outcome);
  }
}
