/**
 * The answer to a request that failed.
 *
 * @module
 */

import { HttpError } from "../http/error.ts";
import type { Logger } from "../observe.ts";
import { errorPage } from "../page/error_page.ts";

/**
 * An error as a response. The message of an {@linkcode HttpError} is for the person; everything else goes to the log
 * whole, and to the person as a reference.
 */
export function failure(request: Request, error: unknown, log: Logger): Response {
  if (error instanceof HttpError) {
    if (error.cause !== undefined) log.error("a request failed", error.cause, { status: error.status });
    return errorResponse(request, error.status, error.message, error.headers);
  }
  const reference = crypto.randomUUID().slice(0, 8);
  log.error("a request failed", error, { method: request.method, reference });
  return errorResponse(request, 500, `Something went wrong on the server. (Reference ${reference}.)`);
}

function errorResponse(
  request: Request,
  status: number,
  message: string,
  more: Readonly<Record<string, string>> = {},
): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ...more,
  };
  return new Response(request.method === "HEAD" ? null : errorPage(status, message), { status, headers });
}
