/**
 * What a page is: a function of its context, under a path.
 *
 * @module
 */

import type { Schema } from "../../protocol/schema.ts";
import type { ContextKey } from "../http/context.ts";
import { HttpError } from "../http/error.ts";
import type { Html } from "./html.ts";

/**
 * State that no schema and no generic has typed: any JSON.
 *
 * @example
 * ```ts
 * import type { Untyped } from "@argyle/argyle/types";
 * const session: Untyped = { cart: [{ id: 7, count: 2 }] };
 * console.assert(session.cart[0].count === 2);
 * ```
 */
// deno-lint-ignore no-explicit-any -- "any" is the promise here: the smallest program has no types of its own
export type Untyped = Record<string, any>;

/**
 * What every page is given, also one that many people share.
 *
 * @example
 * ```tsx
 * import { App, type SharedContext } from "@argyle/argyle";
 * const orders = new Map([["7", "Tea"]]);
 * const Order = async ({ params, load }: SharedContext<{ id: string }>) => (
 *   <h1>{await load(["order", params.id], () => orders.get(params.id))}</h1>
 * );
 * new App().page("/orders/:id", Order);
 * ```
 */
export interface SharedContext<Params = Record<string, string>, Query = URLSearchParams> {
  /** The page's own URL. */
  readonly url: URL;
  /** The params of its path, decoded. */
  readonly params: Params;
  /** The query of its URL; what the page's `query` schema gives for it, where the page has one. */
  readonly query: Query;
  /**
   * Loads data before the render. Within one render the same key is loaded once, however often it is asked for;
   * nothing is kept between renders.
   *
   * @param key a text, or a list of JSON values
   * @param fn fetches the data; its rejection is the page's
   * @throws TypeError for a key that JSON cannot carry
   */
  load<T>(key: string | readonly unknown[], fn: () => T | Promise<T>): Promise<T>;
}

/**
 * What a page is given that is one person's. Nothing in it can be written: a page only shows.
 *
 * @example
 * ```tsx
 * import { App, type PageContext } from "@argyle/argyle";
 * const Home = ({ session, query }: PageContext<{ name?: string }>) => (
 *   <h1>Hello {session.name ?? query.get("name") ?? "you"}</h1>
 * );
 * new App<{ name?: string }>().page("/", Home);
 * ```
 */
export interface PageContext<
  Session = Untyped,
  State = Untyped,
  Params = Record<string, string>,
  Query = URLSearchParams,
> extends SharedContext<Params, Query> {
  /** The values of the person's session, frozen. */
  readonly session: Readonly<Session>;
  /** The state of this visit of this page, frozen. */
  readonly state: Readonly<State>;
  /** Who it is; `undefined` before a login. */
  readonly user: string | undefined;
  /**
   * The reflex that has just run, if it was of this class: what it left in its own fields can be shown once.
   *
   * @param reflex the class
   * @returns the instance; `undefined` in any render but the one right after
   */
  ran<R extends object>(reflex: abstract new () => R): R | undefined;
  /**
   * What middleware has set.
   *
   * @param key made by `contextKey`
   * @throws TypeError where nothing was set, and the key has no initial value
   */
  get<T>(key: ContextKey<T>): T;
}

/**
 * A page that is the same for everybody: a function of what everybody shares.
 *
 * @example
 * ```tsx
 * import { App } from "@argyle/argyle";
 * import type { PublicPageComponent } from "@argyle/argyle/types";
 * const About: PublicPageComponent = ({ url }) => <h1>About {url.host}</h1>;
 * new App().page("/about", About, { cache: "public, max-age=60" });
 * ```
 */
export type PublicPageComponent<Params = Record<string, string>, Query = URLSearchParams> = (
  context: SharedContext<Params, Query>,
) => Html | Response | Promise<Html | Response>;

/**
 * A page: a function of its context that gives JSX, or leaves with a `Response`. What it throws is answered with 500, an
 * `HttpError` with its own status.
 *
 * @example
 * ```tsx
 * import { App } from "@argyle/argyle";
 * import type { PageComponent, Untyped } from "@argyle/argyle/types";
 * const Room: PageComponent<Untyped, Untyped, { room: string }> = ({ params, user }) =>
 *   user === undefined ? new Response(null, { status: 303, headers: { location: "/" } }) : <h1>{params.room}</h1>;
 * new App().page("/room/:room", Room);
 * ```
 */
export type PageComponent<Session, State, Params, Query = URLSearchParams> = (
  context: PageContext<Session, State, Params, Query>,
) => Html | Response | Promise<Html | Response>;

/**
 * What a page may declare beside its component.
 *
 * @example
 * ```tsx
 * import { action, App, Reflex } from "@argyle/argyle";
 * import type { PageOptions } from "@argyle/argyle/types";
 * import { z } from "zod";
 *
 * class Search extends Reflex {
 *   find = action(z.string().max(80), (text) => [`Nothing is called ${text}`]);
 * }
 *
 * // The page's script: await call("Search#find", ["tea"])
 * const options: PageOptions<{ open: boolean }> = { state: () => ({ open: false }), calls: [Search] };
 * new App().reflexes({ Search }).page("/", () => <main />, options);
 * ```
 */
export interface PageOptions<State = Untyped, Session = Untyped, Query = URLSearchParams> {
  /**
   * Reads the query of the page's URL, and types it: it is asked with an object of texts by name, with a list of texts
   * for a name that comes several times. What it refuses is a 400 that says what is wrong with which name.
   */
  readonly query?: Schema<unknown, Query>;
  /** The state of a visit before the first reflex has changed it, as JSON; `{}` where left out. */
  readonly state?: () => State;
  /**
   * Classes whose actions (not their methods) the page's own scripts may call without an element that offers them;
   * none where left out.
   */
  readonly calls?: readonly (abstract new () => object)[];
  /** What stands around the page, inside the app's own layout; the first outermost. */
  readonly layout?: Layout<Session> | readonly Layout<Session>[];
}

/**
 * What a page declares that is the same for everybody.
 *
 * @example
 * ```tsx
 * import { App } from "@argyle/argyle";
 * import type { PublicPageOptions } from "@argyle/argyle/types";
 * const aMinute: PublicPageOptions = { cache: "public, max-age=60" };
 * new App().page("/about", () => <h1>About</h1>, aMinute);
 * ```
 */
export interface PublicPageOptions<Session = Untyped, Query = URLSearchParams> {
  /** Reads the query of the page's URL, and types it, as any page's. */
  readonly query?: Schema<unknown, Query>;
  /**
   * Declares the page public, so that caches may keep it, and is its `cache-control`. It has no session, no user, no
   * state and no reflexes: reading them in it is an error, and it is not live. Middleware runs around it, but its
   * values do not reach it.
   */
  readonly cache: string;
  /** What stands around the page, inside the app's own layout; the first outermost. */
  readonly layout?: Layout<Session> | readonly Layout<Session>[];
}

/**
 * What stands around pages: a function of the page's context and of what it stands around. It may load data of its
 * own. Several are nested, the first outermost.
 *
 * @example
 * ```tsx
 * import { App, type Layout } from "@argyle/argyle";
 * const Shell: Layout = ({ children, user }) => (
 *   <div>
 *     <header>{user ?? "Nobody"}</header>
 *     <main>{children}</main>
 *   </div>
 * );
 * new App({ layout: Shell }).page("/", () => <h1>Home</h1>);
 * ```
 */
export type Layout<Session = Untyped> = (
  context: PageContext<Session, Untyped, Record<string, string>> & { readonly children: Html },
) => Html | Promise<Html>;

/**
 * What went wrong, as a person may know it.
 *
 * @example
 * ```ts
 * import type { PageError } from "@argyle/argyle/types";
 * const error: PageError = { status: 404, message: "There is no such page.", reference: undefined, detail: undefined };
 * ```
 */
export interface PageError {
  /** The status of the response. */
  readonly status: number;
  /** A sentence for the person. */
  readonly message: string;
  /** Finds the line in the log, where there is one. */
  readonly reference: string | undefined;
  /** The stack, in development alone. */
  readonly detail: string | undefined;
}

/**
 * An app's own page for what is not there or went wrong. It shows, and is not live.
 *
 * @example
 * ```tsx
 * import { App } from "@argyle/argyle";
 * new App().onError(({ error }) => (
 *   <main>
 *     <h1>{error.status}</h1>
 *     <p>{error.message}</p>
 *   </main>
 * ));
 * ```
 */
export type ErrorComponent<Session = Untyped> = (
  context: PageContext<Session, Untyped, Record<string, string>> & { readonly error: PageError },
) => Html | Promise<Html>;

/** A page as an app holds it. */
export interface Page {
  /** Its path, as written. */
  readonly path: string;
  /** The same as a pattern. */
  readonly pattern: URLPattern;
  /** The component. */
  readonly component: PageComponent<Untyped, Untyped, Record<string, string>, unknown>;
  /** What stands around it, outermost first. */
  readonly layouts: readonly Layout[];
  /** The rest of what it declared. */
  readonly options: PageOptions<Untyped, Untyped, unknown> & Partial<PublicPageOptions<Untyped, unknown>>;
}

/**
 * The page of a path, and what its params are.
 *
 * @param pages in the order in which they were added; the first that fits wins
 * @param path decoded, without the app's base
 */
export function findPage(
  pages: readonly Page[],
  path: string,
): { page: Page; params: Record<string, string> } | undefined {
  for (const page of pages) {
    const params = matchPath(page.pattern, path);
    if (params !== undefined) return { page, params };
  }
  return undefined;
}

/**
 * The params of a path that a pattern fits; `undefined` where it does not.
 *
 * @param path decoded, without the app's base
 */
export function matchPath(pattern: URLPattern, path: string): Record<string, string> | undefined {
  // URLPattern escapes what it is given, except escapes: what is left of them here is text.
  const match = pattern.exec({ pathname: path.replace(/[%?#]/g, encodeURIComponent) });
  if (match === null) return undefined;
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(match.pathname.groups)) {
    if (value !== undefined) params[name] = decodeURIComponent(value);
  }
  return params;
}

/**
 * Reads a path as `URLPattern` does.
 *
 * @throws TypeError for a path that does not begin with `/`, cannot be read, or whose patterns nest quantifiers: one
 * request could then keep the isolate busy for seconds
 */
export function readPattern(path: string): URLPattern {
  if (!path.startsWith("/")) {
    throw new TypeError(`Cannot add ${JSON.stringify(path)}: a path begins with "/".`);
  }
  if (/[+*]\)*[+*{]/.test(path.replace(/\[[^\]]*\]/g, "x")) && path.includes("(")) {
    throw new TypeError(`Cannot add ${JSON.stringify(path)}: its pattern nests quantifiers.`);
  }
  try {
    return new URLPattern({ pathname: path });
  } catch (cause) {
    throw new TypeError(`Cannot add ${JSON.stringify(path)}: URLPattern does not read it.`, {
      cause,
    });
  }
}

/** What went wrong in a page, in a form that HTTP can tell. */
export function pageTimeout(limit: number): HttpError {
  return new HttpError(504, `The page took longer than ${limit / 1000} s.`);
}
