/**
 * What an endpoint is: an address of the app on which another protocol than that of pages is spoken.
 *
 * @module
 */

import type { ContextKey } from "../http/context.ts";
import type { EndpointLine, LineHandlers } from "./endpoint_line.ts";

/**
 * Who asks for a socket of an endpoint. Its functions work without `this`.
 *
 * @example
 * ```ts
 * import type { EndpointContext } from "@argyle/argyle/types";
 * // People of ours, and the program that has the token.
 * const authorize = ({ user, request }: EndpointContext) =>
 *   user !== undefined || request.headers.get("authorization") === "Bearer 7c9e6679f3b4";
 * ```
 */
export interface EndpointContext {
  /**
   * The request that became the socket, a GET with its headers, which stay readable. Without an `Origin` it has no cookies:
   * a program says who it is by a token.
   */
  readonly request: Request;
  /** Names the request: in the log, to the person who reports that it failed. */
  readonly id: string;
  /** Its URL. */
  readonly url: URL;
  /** Which of the app's own origins its page is of; `undefined` for a program, which says none. */
  readonly origin: string | undefined;
  /** Who is logged in; `undefined` before a login, and for a program. */
  readonly user: string | undefined;
  /** Names the session, for `app.disconnect()`; `undefined` where a page has none yet, and for a program. */
  readonly sessionId: string | undefined;
  /** Gets a value that middleware has set; throws where nothing was, and the key has no initial value. */
  get<T>(key: ContextKey<T>): T;
}

/** An endpoint of an app. */
export interface Endpoint {
  /** Its decoded path below the base, as it stands; or, where it has a pattern, how that was written. */
  readonly path: string;
  /** What its path is where it has params. */
  readonly pattern?: URLPattern | undefined;
  /**
   * Reads the address, before anybody is asked whether they may come in: middleware has let them pass. It has `limits.load`.
   *
   * @param params what the pattern has found
   * @returns the context that is given on; or the answer of who cannot come in
   */
  receive?(
    context: EndpointContext,
    params: Record<string, string>,
  ): EndpointContext | Response | Promise<EndpointContext | Response>;
  /**
   * Whether somebody may open a socket here. Anything but `true` is 403, an `HttpError` its status; it has `limits.load`.
   * Asked again whenever a socket comes back: when it is old, after a login, a logout, `app.disconnect()`.
   */
  authorize(context: EndpointContext): boolean | Promise<boolean>;
  /**
   * A socket is open: from now on what comes goes to the handlers. Where it throws, the socket is closed.
   *
   * @param more `development`: whether a developer asks, who may see details
   */
  connect(
    line: EndpointLine,
    context: EndpointContext,
    more: { readonly development: boolean },
  ): LineHandlers;
}
