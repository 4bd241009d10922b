/**
 * Routes: what answers a path with a response of its own making. Forms are posted to them.
 *
 * @module
 */

import type { ContextKey, ContextValues } from "../http/context.ts";
import { readForm } from "../http/body.ts";
import { deepFreeze } from "../page/frozen.ts";
import { matchPath, type Untyped } from "../page/page.ts";
import { FormReader } from "../reflex/element.ts";
import type { Arrived, Parts } from "./parts.ts";
import type { Visitor } from "./visitor.ts";

/**
 * What a route is given. Its functions work without `this`.
 *
 * @example
 * ```ts
 * import type { RouteContext } from "@argyle/argyle/types";
 * const greet = ({ params }: RouteContext) => new Response(`Hello ${params.name}`);
 * ```
 */
export interface RouteContext<Session = Untyped, Params = Record<string, string>> {
  /** The request. */
  readonly request: Request;
  /** Its URL. */
  readonly url: URL;
  /** The params of the route's path, decoded. */
  readonly params: Params;
  /** The query of the URL. */
  readonly query: URLSearchParams;
  /** The values of the person's session, frozen. */
  readonly session: Readonly<Session>;
  /** Who it is; `undefined` before a login. */
  readonly user: string | undefined;
  /** What middleware has set. */
  get<T>(key: ContextKey<T>): T;
  /**
   * Reads a form that was posted.
   *
   * @throws HttpError 415 for another content type, 400, 408 or 413 for what cannot or may not be read
   */
  form(): Promise<FormReader>;
}

/**
 * Answers one method of a route.
 *
 * @example
 * ```ts
 * import type { RouteHandler } from "@argyle/argyle/types";
 * const health: RouteHandler = ({ query }) => new Response(query.has("deep") ? "deep" : "ok");
 * ```
 */
export type RouteHandler<Session = Untyped, Params = Record<string, string>> = (
  context: RouteContext<Session, Params>,
) => Response | Promise<Response>;

/**
 * The methods of a route. HEAD is answered by GET without its body, OPTIONS by the names of the others.
 *
 * @example
 * ```ts
 * import type { RouteHandlers } from "@argyle/argyle/types";
 * const handlers: RouteHandlers = { GET: () => Response.json({ ok: true }) };
 * ```
 */
export interface RouteHandlers<Session = Untyped, Params = Record<string, string>> {
  /** Reads; changes nothing. */
  readonly GET?: RouteHandler<Session, Params>;
  /** Takes a form, or makes something. */
  readonly POST?: RouteHandler<Session, Params>;
  /** Puts something in its place. */
  readonly PUT?: RouteHandler<Session, Params>;
  /** Changes a part of something. */
  readonly PATCH?: RouteHandler<Session, Params>;
  /** Removes something. */
  readonly DELETE?: RouteHandler<Session, Params>;
}

/** A route as an app holds it. */
export interface Route {
  readonly pattern: URLPattern;
  readonly handlers: ReadonlyMap<string, RouteHandler>;
}

/** The handler of a method, where a route has one; and the methods that routes of this path have. */
export function findRoute(
  routes: readonly Route[],
  path: string,
  method: string,
): { handler: RouteHandler | undefined; params: Record<string, string>; methods: string[] } {
  const methods = new Set<string>();
  for (const { pattern, handlers } of routes) {
    const params = matchPath(pattern, path);
    if (params === undefined) continue;
    const handler = handlers.get(method === "HEAD" ? "GET" : method);
    if (handler !== undefined) return { handler, params, methods: [] };
    for (const name of handlers.keys()) methods.add(name);
  }
  return { handler: undefined, params: {}, methods: [...methods] };
}

/** Lets a route answer. */
export async function serveRoute(
  { request, arrival }: Arrived,
  { handler, params }: { handler: RouteHandler; params: Record<string, string> },
  { seen }: Visitor,
  values: ContextValues,
  parts: Parts,
): Promise<Response> {
  const { limits, clock } = parts;
  const response = await handler({
    request,
    url: new URL(arrival.url),
    params,
    query: arrival.url.searchParams,
    session: deepFreeze(await parts.values.read(seen.values)) as Untyped,
    user: seen.user,
    get: values.get,
    form: async () => new FormReader({ f: await readForm(request, limits, clock) }),
  });
  if (!(response instanceof Response)) {
    throw new TypeError(
      `Cannot answer ${request.method} ${arrival.url.pathname}: its route did not return a Response.`,
    );
  }
  const headers = new Headers(response.headers);
  if (!headers.has("cache-control")) headers.set("cache-control", "private, no-store");
  return new Response(request.method === "HEAD" ? null : response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}
