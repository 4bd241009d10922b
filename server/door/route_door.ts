/**
 * Routes: what answers a path with a response of its own making. Forms are posted to them.
 *
 * @module
 */

import type { ContextKey, ContextValues } from "../http/context.ts";
import type { Schema } from "../../protocol/schema.ts";
import type { Limits } from "../../protocol/limits.ts";
import { limitBody, readForm } from "../http/body.ts";
import { contentSecurityPolicy, makeNonce } from "../http/headers.ts";
import { readQuery } from "../http/query.ts";
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
export interface RouteContext<
  Session = Untyped,
  Params = Record<string, string>,
  Query = URLSearchParams,
> {
  /** The request. Its body fails with an `HttpError` once it is larger or slower than it may be. */
  readonly request: Request;
  /** Names it, as in the log. */
  readonly id: string;
  /** Its URL. */
  readonly url: URL;
  /** The params of the route's path, decoded. */
  readonly params: Params;
  /** The query of the URL; what the route's `query` schema gives for it, where the route has one. */
  readonly query: Query;
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
export type RouteHandler<Session = Untyped, Params = Record<string, string>, Query = URLSearchParams> = (
  context: RouteContext<Session, Params, Query>,
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
export interface RouteHandlers<
  Session = Untyped,
  Params = Record<string, string>,
  Query = URLSearchParams,
> {
  /** Reads; changes nothing. */
  readonly GET?: RouteHandler<Session, Params, Query>;
  /** Takes a form, or makes something. */
  readonly POST?: RouteHandler<Session, Params, Query>;
  /** Puts something in its place. */
  readonly PUT?: RouteHandler<Session, Params, Query>;
  /** Changes a part of something. */
  readonly PATCH?: RouteHandler<Session, Params, Query>;
  /** Removes something. */
  readonly DELETE?: RouteHandler<Session, Params, Query>;
}

/**
 * What a route may declare beside its handlers.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { RouteOptions } from "@argyle/argyle/types";
 * import { z } from "zod";
 * const paged: RouteOptions<{ page: number }> = { query: z.object({ page: z.coerce.number().default(1) }) };
 * new App().route("/orders.json", { GET: ({ query }) => Response.json({ page: query.page }) }, paged);
 * ```
 */
export interface RouteOptions<Query = URLSearchParams> {
  /** Reads the query of every method's URL, and types it, as a page's. */
  readonly query?: Schema<unknown, Query>;
  /** Limits of what may be sent here, other than the app's: milliseconds, bytes, fields of a form. */
  readonly limits?: Partial<Pick<Limits, "body" | "bodyBytes" | "fields" | "field">>;
}

/** A route as an app holds it. */
export interface Route {
  readonly pattern: URLPattern;
  readonly handlers: ReadonlyMap<string, RouteHandler<Untyped, Record<string, string>, unknown>>;
  readonly options: RouteOptions<unknown>;
}

/** A route that was found for a request. */
export interface FoundRoute {
  readonly handler: RouteHandler<Untyped, Record<string, string>, unknown>;
  readonly params: Record<string, string>;
  readonly options: RouteOptions<unknown>;
}

/** The handler of a method, where a route has one; and the methods that routes of this path have. */
export function findRoute(
  routes: readonly Route[],
  path: string,
  method: string,
): { found: FoundRoute | undefined; methods: string[] } {
  const methods = new Set<string>();
  for (const { pattern, handlers, options } of routes) {
    const params = matchPath(pattern, path);
    if (params === undefined) continue;
    const handler = handlers.get(method === "HEAD" ? "GET" : method);
    if (handler !== undefined) return { found: { handler, params, options }, methods: [] };
    for (const name of handlers.keys()) methods.add(name);
  }
  return { found: undefined, methods: [...methods] };
}

/** Lets a route answer. */
export async function serveRoute(
  { request, id, arrival }: Arrived,
  { handler, params, options }: FoundRoute,
  { seen }: Visitor,
  values: ContextValues,
  parts: Parts,
): Promise<Response> {
  const { clock } = parts;
  const { query } = options;
  const limits = { ...parts.limits, ...options.limits };
  let limited: Request | undefined;
  const response = await handler({
    // Made when somebody asks: Deno closes a connection whose body nobody has touched, and so ends what is left of it.
    get request() {
      return limited ??= limitBody(request, limits, clock);
    },
    id,
    url: new URL(arrival.url),
    params,
    query: query === undefined ? arrival.url.searchParams : await readQuery(query, arrival.url.searchParams),
    session: deepFreeze(await parts.values.read(seen.values)) as Untyped,
    user: seen.user,
    get: values.get,
    form: async () => new FormReader({ f: await readForm(limited ?? request, limits, clock) }, limits.depth),
  });
  if (!(response instanceof Response)) {
    throw new TypeError(
      `Cannot answer ${request.method} ${arrival.url.pathname}: its route did not return a Response.`,
    );
  }
  const headers = new Headers(response.headers);
  if (!headers.has("cache-control")) headers.set("cache-control", "private, no-store");
  // Markup of the route's own is a page too.
  if (/^text\/html\b/i.test(headers.get("content-type") ?? "") && !headers.has("content-security-policy")) {
    headers.set("content-security-policy", contentSecurityPolicy(makeNonce(), arrival.secure));
  }
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}
