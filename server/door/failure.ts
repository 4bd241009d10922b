/**
 * The answer to a request that failed.
 *
 * @module
 */

import { HttpError } from "../http/error.ts";
import { makeNonce } from "../http/headers.ts";
import { type Logger, wordsOf } from "../observe.ts";
import { developerScript } from "../page/developer_script.ts";
import { errorPage } from "../page/error_page.ts";
import { UntrustedError } from "../reflex/untrusted.ts";
import type { PageError } from "../page/page.ts";

/**
 * An error as a person may know it. The message of an {@linkcode HttpError} is for the person; everything else goes to
 * the log whole, and to the person as a reference.
 *
 * @param about the request, its id, and whether details may be shown: in development, on this machine
 */
export function readFailure(
  error: unknown,
  about: { readonly request: Request; readonly id: string; readonly development: boolean },
  log: Logger,
): PageError {
  const { request: { method }, id, development } = about;
  if (error instanceof UntrustedError) {
    return { status: 400, message: error.message, reference: undefined, detail: undefined };
  }
  if (error instanceof HttpError && error.cause === undefined) {
    return { status: error.status, message: error.message, reference: undefined, detail: undefined };
  }
  log.error("a request failed", error, { method, request: id });
  const detail = development ? describe(error) : undefined;
  if (error instanceof HttpError) {
    return { status: error.status, message: error.message, reference: id, detail };
  }
  const message = `Something went wrong on the server. (Reference ${id}.)`;
  return { status: 500, message, reference: id, detail };
}

/**
 * The built-in page for an error. Where it says when to come back, a browser does so by itself; a developer's does when
 * the code has changed.
 */
export function failure(
  request: Request,
  error: PageError,
  base: string,
  more: Readonly<Record<string, string>> = {},
): Response {
  const { status, message, detail } = error;
  const nonce = makeNonce();
  // Details are a developer's.
  const script = detail === undefined ? "" : developerScript({ base, nonce, request: error.reference });
  const scripts = script === "" ? "" : ` script-src 'nonce-${nonce}'; connect-src 'self';`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy":
      `default-src 'none';${scripts} frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    ...more,
  };
  const after = request.method === "GET" ? more["retry-after"] : undefined;
  const body = request.method === "HEAD" ? null : errorPage(status, message, { detail, after, script });
  return new Response(body, { status, headers });
}

// With its causes, as the console shows it.
function describe(error: unknown): string {
  if (!(error instanceof Error)) return wordsOf(error);
  const cause = error.cause === undefined ? "" : `\nCaused by: ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
