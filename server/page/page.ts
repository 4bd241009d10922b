/**
 * What a page is: a function of its context, under a path.
 *
 * @module
 */

import type { Schema } from "../../protocol/schema.ts";
import type { Topic, Watchable } from "../bus/topic.ts";
import type { Flash } from "../session/flash.ts";
import type { ContextKey } from "../http/context.ts";
import { HttpError } from "../http/error.ts";
import type { FormAction, FormBinding, FormOptions } from "./form.ts";
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
 * Loads data before the render.
 *
 * Within one render the same key is loaded once, however often it is asked for. With topics, what was loaded is kept
 * until one of them is published, and the page is shown anew then. What a load gives is shown, not changed: the next
 * render gets the same.
 *
 * @example
 * ```tsx
 * import { App, topic } from "@argyle/argyle";
 * import type { Load } from "@argyle/argyle/types";
 * const Order = topic("order/:id");
 * const orders = new Map([["7", "Tea"]]);
 * const title = (load: Load, id: string) => load(Order({ id }), () => orders.get(id) ?? "gone");
 * new App().page("/orders/:id", async ({ params, load }) => <h1>{await title(load, params.id)}</h1>);
 * ```
 */
export interface Load {
  /**
   * Loads for this page as this person sees it; for all who share it, in a page with `key`.
   *
   * @param key names what is loaded, with all that it depends on besides the person and the page's path and params: a
   * topic, which is then one of its topics, a text, or a list of JSON values
   * @param fn fetches the data; its rejection is the page's
   * @param options `topics` make it anew; without any, nothing is kept between renders
   * @throws TypeError for a key that JSON cannot carry; HttpError 403 for a topic that the person may not subscribe to
   */
  <T>(
    key: Watchable | string | readonly unknown[],
    fn: () => T | Promise<T>,
    options?: LoadOptions,
  ): Promise<T>;
  /**
   * Loads for everybody, once: on every page of the app the same key is the same. `fn` gets nothing, and reading in it
   * what is one person's is an error.
   *
   * @param key names what is loaded, with all that it depends on
   * @param fn fetches the data
   * @param options `topics` make it anew; without any, nothing is kept between renders
   */
  shared<T>(
    key: Watchable | string | readonly unknown[],
    fn: () => T | Promise<T>,
    options?: LoadOptions,
  ): Promise<T>;
}

/**
 * What a load may declare.
 *
 * @example
 * ```ts
 * import { topic } from "@argyle/argyle";
 * import type { LoadOptions } from "@argyle/argyle/types";
 * const Orders = topic("orders"), Prices = topic("prices");
 * const options: LoadOptions = { topics: [Orders(), Prices()] };
 * ```
 */
export interface LoadOptions {
  /** What makes it anew. */
  readonly topics?: readonly Watchable[];
}

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
  /** The params of its path, decoded. */
  readonly params: Params;
  /** The query of its URL; what the page's `query` schema gives for it, where the page has one. */
  readonly query: Query;
  /** Loads data before the render. */
  readonly load: Load;
  /**
   * Has the page shown anew whenever one of the topics is published.
   *
   * @param topics up to `limits.topics` in one page
   * @throws RangeError for more; the page is refused (403) to whom a topic's `authorize` refuses it
   */
  subscribe(...topics: readonly Watchable[]): void;
  /**
   * Who is on a topic: what each of them has joined it with, in the order in which they came; of very many, the first
   * 1,000 (`limits.presence`). The page is shown anew whenever somebody comes or goes, or is shown as something else,
   * but not whenever the topic is published. Each person is there once, in however many tabs.
   *
   * @param topic one with `presence`
   * @throws TypeError for one without, and in a page with `cache`; HttpError 403 where the person may not subscribe to it
   *
   * @example
   * ```tsx
   * import { App, topic } from "@argyle/argyle";
   * import { z } from "zod";
   * const Room = topic("room/:room", { presence: z.object({ name: z.string() }) });
   * const app = new App<{ name?: string }>();
   * app.page("/:room", async ({ params, session, present, join }) => {
   *   const room = Room(params);
   *   join(room, { name: session.name ?? "Somebody" });
   *   return <ul id="present">{(await present(room)).map(({ name }) => <li>{name}</li>)}</ul>;
   * });
   * ```
   */
  present<Presence extends NonNullable<unknown>>(
    topic: Topic<Presence, unknown>,
  ): Promise<readonly Presence[]>;
}

/**
 * What a page is given that caches may keep.
 *
 * @example
 * ```tsx
 * import { App } from "@argyle/argyle";
 * import type { PublicContext } from "@argyle/argyle/types";
 * const About = ({ url }: PublicContext) => <h1>About {url.host}</h1>;
 * new App().page("/about", About, { cache: "public, max-age=60" });
 * ```
 */
export interface PublicContext<Params = Record<string, string>, Query = URLSearchParams>
  extends SharedContext<Params, Query> {
  /** The page's own URL. */
  readonly url: URL;
}

/**
 * What a page with `key` is given: all of it is in the name of the view that its people share.
 *
 * @example
 * ```tsx
 * import { App } from "@argyle/argyle";
 * import type { KeyedContext } from "@argyle/argyle/types";
 * const Board = ({ key }: KeyedContext) => <h1>{key === "de" ? "Abfahrt" : "Departures"}</h1>;
 * new App().page("/board", Board, { key: ({ url }) => url.searchParams.get("lang") === "de" ? "de" : "en" });
 * ```
 */
export interface KeyedContext<Params = Record<string, string>, Query = never>
  extends SharedContext<Params, Query> {
  /** What the page's `key` has given. */
  readonly key: string;
}

/**
 * What a page's `key` is given, for each person who comes.
 *
 * @example
 * ```ts
 * import type { KeyContext } from "@argyle/argyle/types";
 * const byRole = ({ user }: KeyContext) => user === "ann" ? "staff" : "guest";
 * console.assert(byRole.length === 1);
 * ```
 */
export interface KeyContext<
  Session = Untyped,
  Params = Record<string, string>,
  Query = URLSearchParams,
> {
  /** The page's own URL. */
  readonly url: URL;
  /** The params of its path, decoded. */
  readonly params: Params;
  /** The query of its URL; what the page's `query` schema gives for it, where the page has one. */
  readonly query: Query;
  /** The values of the person's session, frozen. */
  readonly session: Readonly<Session>;
  /** Who it is; `undefined` before a login. */
  readonly user: string | undefined;
  /** What middleware has set; throws where nothing was, and the key has no initial value. */
  get<T>(key: ContextKey<T>): T;
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
  /** The page's own URL. */
  readonly url: URL;
  /** The values of the person's session, frozen. */
  readonly session: Readonly<Session>;
  /** The state of this visit of this page, frozen. */
  readonly state: Readonly<State>;
  /** Who it is; `undefined` before a login. */
  readonly user: string | undefined;
  /** What reflexes have said by `flash()`, the oldest first. It is shown once. */
  readonly flash: readonly Flash[];
  /**
   * Binds a form to an action: spread it on the form. The action's schema is asked while the person types, about fields
   * that they have used, and at the end about all of them; what it says stands at the fields.
   *
   * @param reflex the class
   * @param name the action
   * @param options `id`, where several forms have the same action
   */
  form<R extends object, K extends FormAction<R>>(
    reflex: new () => R,
    name: K,
    options?: FormOptions,
  ): FormBinding<R, K>;
  /**
   * Has the person be on a topic as long as they have this page open, and this is said by each of its renders. Others
   * hear of it once the page is live, see {@linkcode SharedContext.present}. The last word counts, also of a person who
   * has joined in several tabs.
   *
   * @param topic one with `presence`
   * @param data what they are shown as: small JSON, that the topic's schema takes. The same as long as nothing has
   * changed: a time of day in it, and each render makes another
   * @throws TypeError for a topic without presence and for data that the schema refuses; RangeError for data of more than
   * 1 KiB (`limits.presenceData`), and for more than `limits.topics` topics; the page is refused (403) to whom the
   * topic's `authorize` refuses it
   *
   * @example
   * ```tsx
   * import { App, topic } from "@argyle/argyle";
   * import { z } from "zod";
   * const Desk = topic("desk/:desk", { presence: z.object({ name: z.string() }) });
   * new App().page("/desk/:desk", ({ params, user, join }) => {
   *   if (user !== undefined) join(Desk(params), { name: user });
   *   return <h1>Desk {params.desk}</h1>;
   * });
   * ```
   */
  join<Joins extends NonNullable<unknown>>(topic: Topic<unknown, Joins>, data: NoInfer<Joins>): void;
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
  context: PublicContext<Params, Query>,
) => Html | Response | Promise<Html | Response>;

/**
 * A page that is the same for all whose key is equal.
 *
 * @example
 * ```tsx
 * import { App, topic } from "@argyle/argyle";
 * import type { KeyedPageComponent } from "@argyle/argyle/types";
 * const Score = topic("score");
 * const game = { home: 0, guests: 0 };
 * const Board: KeyedPageComponent = ({ subscribe }) => {
 *   subscribe(Score());
 *   return <output id="score">{game.home} : {game.guests}</output>;
 * };
 * new App().page("/", Board, { key: () => "all" });
 * ```
 */
export type KeyedPageComponent<Params = Record<string, string>, Query = never> = (
  context: KeyedContext<Params, Query>,
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
 * // The page's script: await reflex<Search>("Search").find("tea")
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
 * What a page declares that many people share.
 *
 * @example
 * ```tsx
 * import { App, topic } from "@argyle/argyle";
 * import type { KeyedPageOptions } from "@argyle/argyle/types";
 * const Room = topic("room/:room");
 * const options: KeyedPageOptions = { key: ({ user }) => user === undefined ? "guest" : "member" };
 * new App().page("/:room", ({ params, key, subscribe }) => {
 *   subscribe(Room(params));
 *   return <h1>{params.room}, for {key}s</h1>;
 * }, options);
 * ```
 */
export interface KeyedPageOptions<Session = Untyped, Params = Record<string, string>, Query = never> {
  /**
   * Declares the page shared by all who have the same params, the same `query` (as its schema reads it; without one
   * there is none) and the same key: it is rendered once for all of them, compared once, and what changed is sent to
   * all. It gets no session, no user and no URL, and reading them is an error; what is one person's stands in `<Live>`.
   * What decides who sees what belongs into the key. It is asked when somebody comes, and after each of their calls.
   */
  readonly key: (
    context: KeyContext<Session, Params, [Query] extends [never] ? URLSearchParams : Query>,
  ) => string;
  /** Reads the query of the page's URL, and types it, as any page's. */
  readonly query?: Schema<unknown, Query>;
  /** Classes whose actions the page's own scripts may call, as of any page. */
  readonly calls?: readonly (abstract new () => object)[];
  /** What stands around the page, inside the app's own layout; they too get nothing of a person. */
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
  readonly options:
    & PageOptions<Untyped, Untyped, unknown>
    & Partial<PublicPageOptions<Untyped, unknown>>
    & Partial<KeyedPageOptions<Untyped, Record<string, string>, unknown>>;
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
