/**
 * Functions around a request.
 *
 * @module
 */

import type { ContextKey } from "./context.ts";

/**
 * What middleware is given. Its functions work without `this`.
 *
 * @example
 * ```ts
 * import type { RequestContext } from "@argyle/argyle";
 * const isAdmin = ({ user }: RequestContext) => user === "ann";
 * ```
 */
export interface RequestContext {
  /**
   * The request. When a page's socket connects, or goes to another page, it is a GET of that page, with the headers of the
   * handshake; at a socket of an endpoint it is that socket's own GET, without cookies where it has no `Origin`.
   */
  readonly request: Request;
  /** Names the request: in the log, in the response's `x-request-id`, to the person who reports that it failed. */
  readonly id: string;
  /** Its URL. */
  readonly url: URL;
  /** The decoded path below the app's base. */
  readonly path: string;
  /** Who it is; `undefined` before a login. */
  readonly user: string | undefined;
  /**
   * Names the session, for `app.disconnect()` and for lists of where somebody is logged in; a login gives it
   * another. It opens nothing: what the browser shows is sealed.
   */
  readonly sessionId: string;
  /** Sets a value for the functions that come after, for the page and for its reflexes. */
  set<T>(key: ContextKey<T>, value: T): void;
  /** Gets a value that was set; throws where nothing was, and the key has no initial value. */
  get<T>(key: ContextKey<T>): T;
}

/**
 * A function around every request of an app: it leaves with a response of its own, or goes on with `next()` and may
 * change what comes back. What it forbids a GET it forbids a live page too:
 *
 * - It runs again whenever a page's socket connects. Where it does not go on then, or answers with anything but 2xx, the
 *   browser loads the page again.
 * - It runs again whenever a socket goes to another page. Of what comes back, status, `Location` and `Set-Cookie` count; a
 *   body that it has written itself is loaded in full.
 * - At a socket of an endpoint, what it answers is the answer to whoever asks for the socket.
 *
 * @example
 * ```ts
 * import type { Middleware } from "@argyle/argyle";
 * const timed: Middleware = async (_context, next) => {
 *   const start = performance.now();
 *   const response = await next();
 *   response.headers.set("server-timing", `app;dur=${(performance.now() - start).toFixed(1)}`);
 *   return response;
 * };
 * ```
 */
export type Middleware = (
  context: RequestContext,
  next: () => Promise<Response>,
) => Response | Promise<Response>;

/**
 * Runs a chain of middleware around `last`.
 *
 * @throws TypeError for one that calls `next()` twice or answers with nothing; whatever one of them throws
 */
export async function runMiddleware(
  chain: readonly Middleware[],
  context: RequestContext,
  last: () => Promise<Response>,
): Promise<Response> {
  const run = async (at: number): Promise<Response> => {
    const middleware = chain[at];
    if (middleware === undefined) return await last();
    let called = false;
    const response = await middleware(context, () => {
      if (called) {
        throw new TypeError(`Cannot go on: the middleware ${middleware.name || at} called next() twice.`);
      }
      called = true;
      return run(at + 1);
    });
    if (response instanceof Response) return response;
    throw new TypeError(`Cannot answer: the middleware ${middleware.name || at} did not return a Response.`);
  };
  return await run(0);
}
