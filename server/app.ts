/**
 * Composes everything: the only file that knows all the parts.
 *
 * @module
 */

import { systemClock } from "../protocol/clock.ts";
import { defaultLimits, type Limits } from "../protocol/limits.ts";
import type { Groups } from "../socksync/groups.ts";
import { addressOf, type Audience, whoseAddress } from "./bus/audience.ts";
import type { Topic } from "./bus/topic.ts";
import { compose } from "./compose.ts";
import { byPath, type ScriptsByPath } from "./door/client_door.ts";
import { addEndpoint } from "./door/endpoint_door.ts";
import { answer, type House } from "./door/front_door.ts";
import type { Route, RouteHandlers, RouteOptions } from "./door/route_door.ts";
import type { Parts, Site } from "./door/parts.ts";
import type { Engine } from "./engine/store.ts";
import type { EventsDeclaration } from "./events/handlers.ts";
import { Rooms } from "./events/rooms.ts";
import { type Declared, ServedEvents } from "./events/served_events.ts";
import type { EventsOptions, Sends } from "./events/types.ts";
import { developer, developing, tellDeveloper } from "./development.ts";
import { environment } from "./environment.ts";
import { guardProcess } from "./guard.ts";
import { readProxies, senderOf } from "./http/address.ts";
import { isLoopback } from "./http/host.ts";
import {
  DRAIN,
  GIVE_UP,
  listen,
  type Listening,
  type ListenOptions,
  listenToSignals,
} from "./http/listen.ts";
import type { Middleware } from "./http/middleware.ts";
import { watchThreads } from "./http/threads.ts";
import type { PathParams } from "./http/params.ts";
import { makeStaticFiles, type StaticOptions } from "./http/static_options.ts";
import { consoleLogger, type Logger } from "./observe.ts";
import type { Operations } from "./operations/operations.ts";
import { type AppOptions, readBase, readOrigins } from "./options.ts";
import { type OwnNames, readAttributeNames } from "./page/attribute_names.ts";
import { type ClientScripts, scriptsFor } from "./page/client_scripts.ts";
import {
  type ErrorComponent,
  type KeyedPageComponent,
  type KeyedPageOptions,
  type Layout,
  type Page,
  type PageComponent,
  type PageOptions,
  type PublicPageComponent,
  type PublicPageOptions,
  readPattern,
  type Untyped,
} from "./page/page.ts";
import type { Islands } from "./islands/islands.ts";
import { openIslands } from "./islands/open.ts";
import { Pending } from "./reflex/pending.ts";
import type { ReflexClass } from "./reflex/reflex.ts";
import { Registry } from "./reflex/registry.ts";
import { readSecrets } from "./seal/secrets.ts";
import { Hub } from "./socket/hub.ts";
import { Bindings } from "./sync/bindings.ts";
import { endpointOf, type SyncContext, SyncEndpoint, type SyncOptions } from "./sync/sync_endpoint.ts";

/** What was added to an app. For tests of endpoints by themselves: `addEndpoint(siteOf(app), …)`. */
export let siteOf: (app: AnyApp) => Site;

/**
 * An app: pages, reflexes, and the door to both, `fetch`.
 *
 * @example
 * ```tsx
 * import { App, Reflex } from "@argyle/argyle";
 *
 * class Counter extends Reflex {
 *   increment() {
 *     this.session.count = (this.session.count ?? 0) + 1;
 *   }
 * }
 *
 * const app = new App();
 * app.reflexes({ Counter });
 * app.page("/", ({ session }) => (
 *   <button data-reflex="click->Counter#increment">{session.count ?? 0}</button>
 * ));
 *
 * const response = await app.fetch(new Request("http://localhost/"));
 * console.assert(response.status === 200);
 * ```
 */
export class App<Session extends object = Untyped> implements AsyncDisposable {
  readonly #options: AppOptions<Session>;
  readonly #base: string;
  readonly #limits: Limits;
  readonly #log: Logger;
  readonly #site: Site = { middleware: [], files: [], endpoints: [], pages: [], routes: [] };
  readonly #registry = new Registry();
  readonly #mounted: AnyApp[] = [];
  #allowed: { hosts: readonly string[]; origins: readonly string[] };
  #proxies: number;
  readonly #hub: Hub;
  readonly #bindings: Bindings;
  readonly #rooms: Rooms;
  readonly #pending: Pending;
  /** Functions of SockSync that run. */
  readonly #calls: Pending;
  readonly #attributes: OwnNames | undefined;
  readonly #scripts: ClientScripts;
  readonly #scriptsByPath: ScriptsByPath;
  readonly #islands: Islands;
  #parts: Promise<Parts> | undefined;
  #draining = false;
  #warnedPlain = false;
  #signals: (() => void) | undefined;
  #threads: (() => void) | undefined;

  static {
    siteOf = (app) => app.#site;
  }

  /**
   * An app that serves nothing yet.
   *
   * @throws TypeError for an option that cannot be
   */
  constructor(options: AppOptions<Session> = {}) {
    this.#options = options;
    this.#base = readBase(options.base ?? "");
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#log = developing(options.log ?? consoleLogger);
    this.#proxies = readProxies(options.trustProxy ?? 0);
    this.#hub = new Hub(this.#limits);
    this.#bindings = new Bindings({
      clock: options.clock ?? systemClock,
      failed: (what, error) => this.#log.error(what, error),
      warn: (lists) =>
        this.#log.warn("lists of arrays are this isolate's alone; others have their own", {
          lists: lists.join(" "),
        }),
      ready: () => this.#ready(),
    });
    this.#rooms = new Rooms(() => this.#ready());
    this.#pending = new Pending(this.#limits);
    this.#calls = new Pending(this.#limits);
    this.#attributes = readAttributeNames(options.attributes);
    this.#scripts = scriptsFor(this.#attributes);
    this.#scriptsByPath = byPath(this.#scripts);
    const development = environment("ARGYLE_ENV") === "development";
    this.#islands = openIslands(options.islands ?? {}, { development, log: this.#log });
    this.#allowed = { hosts: options.hosts ?? [], origins: readOrigins(options.origins) };
    // A secret that is not one is found at start, not at the first request.
    if (options.secrets !== undefined) readSecrets(options.secrets);
    // `deno serve` looks for it among the app's own properties, in every thread; it calls it in one.
    Object.defineProperty(this, "onListen", {
      enumerable: true,
      get: () => {
        this.#watchThreads();
        this.#stopAtSignals();
        return (address: Deno.Addr) => this.#listens(address);
      },
    });
  }

  /**
   * Adds a page that is the same for everybody, and that caches may keep: it has no session, and is not live.
   *
   * @param path like any page's
   * @param component gives JSX from what everybody shares
   * @param options `cache` is the response's `cache-control`
   */
  page<const Path extends string, Query = URLSearchParams>(
    path: Path,
    component: PublicPageComponent<PathParams<Path>, Query>,
    options: PublicPageOptions<Session, Query>,
  ): this;
  /**
   * Adds a page that many people share: all whose key is equal. It is rendered once for all of them when one of its
   * topics is published; what is one person's stands in `<Live>`.
   *
   * @param path like any page's
   * @param component gives JSX from what its people have in common
   * @param options `key` says who shares it
   *
   * @example
   * ```tsx
   * import { App, Live, topic } from "@argyle/argyle";
   * const Room = topic("room/:room");
   * const said = new Map<string, string[]>();
   * const app = new App<{ name?: string }>();
   * app.page("/:room", ({ params, subscribe }) => {
   *   subscribe(Room(params));
   *   return (
   *     <main>
   *       <ul id="said">{said.get(params.room)?.map((text) => <li>{text}</li>)}</ul>
   *       <Live<{ name?: string }> topic={[]}>{({ session }) => <p>You are {session.name ?? "nobody"}</p>}</Live>
   *     </main>
   *   );
   * }, { key: ({ params }) => params.room });
   * ```
   */
  page<const Path extends string, Query = never>(
    path: Path,
    component: KeyedPageComponent<PathParams<Path>, Query>,
    options: KeyedPageOptions<Session, PathParams<Path>, Query>,
  ): this;
  /**
   * Adds a page.
   *
   * @param path as `URLPattern` has it, below the app's base: `/`, `/orders/:id`, `/files/*`; decoded, and the first
   * that fits wins
   * @param component gives JSX, or leaves with a `Response`
   * @param options the state of a visit, what scripts may call, a schema for the query
   * @throws TypeError for a path that cannot be read
   *
   * @example
   * ```tsx
   * import { App, Head } from "@argyle/argyle";
   * const app = new App();
   * app.page("/hello/:name", ({ params }) => (
   *   <main>
   *     <Head>
   *       <title>{`Hello ${params.name}`}</title>
   *     </Head>
   *     <h1>Hello {params.name}</h1>
   *   </main>
   * ));
   * ```
   */
  page<const Path extends string, State extends object = Untyped, Query = URLSearchParams>(
    path: Path,
    component: PageComponent<Session, State, PathParams<Path>, Query>,
    options?: PageOptions<State, Session, Query>,
  ): this;
  page(
    path: string,
    component: unknown,
    options: AnyPageOptions<Session> = {},
  ): this {
    if (options.key !== undefined && (options.cache !== undefined || options.state !== undefined)) {
      throw new TypeError(
        `Cannot add ${JSON.stringify(path)}: a page with \`key\` has neither cache nor state.`,
      );
    }
    this.#site.pages.push({ ...this.#makePage(path, component, options), pattern: readPattern(path) });
    return this;
  }

  /**
   * Adds a route: a path that answers with responses of its own, by method. Where a page has the same path, the route
   * answers the methods that it has, and the page the rest.
   *
   * @param path like a page's
   * @param handlers by method
   * @param options a schema for the query, limits of what may be sent
   * @throws TypeError for a path that cannot be read, or without any handler
   *
   * @example
   * ```ts
   * import { App, redirect } from "@argyle/argyle";
   * const app = new App();
   * app.route("/sign", {
   *   async POST({ form }) {
   *     const name = (await form()).get("name").text(100);
   *     return redirect(name === "" ? "/?problem=name" : "/");
   *   },
   * });
   * ```
   */
  route<const Path extends string, Query = URLSearchParams>(
    path: Path,
    handlers: RouteHandlers<Session, PathParams<Path>, Query>,
    options: RouteOptions<Query> = {},
  ): this {
    const known = Object.entries(handlers).filter(([, handler]) => handler !== undefined);
    if (known.length === 0) {
      throw new TypeError(`Cannot add ${JSON.stringify(path)}: the route has no handler.`);
    }
    const byMethod = new Map(known) as unknown as Route["handlers"];
    this.#site.routes.push({ pattern: readPattern(path), handlers: byMethod, options });
    return this;
  }

  /**
   * Adds a function around every request, in the order in which they are added; see {@linkcode Middleware}.
   *
   * @example
   * ```ts
   * import { App, redirect } from "@argyle/argyle";
   * const app = new App();
   * app.use(({ user, path }, next) => {
   *   return user === undefined && path.startsWith("/admin") ? redirect("/login") : next();
   * });
   * ```
   */
  use(middleware: Middleware): this {
    this.#site.middleware.push(middleware);
    return this;
  }

  /**
   * The page for what is not there (404), instead of the built-in one.
   *
   * @example
   * ```tsx
   * import { App } from "@argyle/argyle";
   * new App().notFound(({ url }) => <h1>There is no {url.pathname}</h1>);
   * ```
   */
  notFound(component: ErrorComponent<Session>): this {
    this.#site.notFound = this.#makePage("(not found)", component as unknown as Page["component"], {});
    return this;
  }

  /**
   * The page for everything else that goes wrong, and for what is not there where `notFound` was not given.
   *
   * @example
   * ```tsx
   * import { App } from "@argyle/argyle";
   * new App().onError(({ error }) => <h1>{error.message}</h1>);
   * ```
   */
  onError(component: ErrorComponent<Session>): this {
    this.#site.onError = this.#makePage("(error)", component as unknown as Page["component"], {});
    return this;
  }

  /**
   * Says that topics have changed: pages that subscribe to them, loads and parts that name them are brought up to date.
   * It is for the server's own code, a timer, a webhook, a script, so that a topic's `authorize` is not asked; a reflex
   * has `this.publish`.
   *
   * @param topics what has changed
   * @returns done when it is told, not when it is shown
   *
   * @example
   * ```tsx
   * import { App, topic } from "@argyle/argyle";
   * const Clock = topic("clock");
   * const app = new App();
   * app.page("/", ({ subscribe }) => {
   *   subscribe(Clock());
   *   return <time id="now">{new Date().toISOString()}</time>;
   * });
   * await app.publish(Clock());
   * ```
   */
  async publish(...topics: readonly Topic[]): Promise<void> {
    const parts = await this.#ready();
    for (const { name } of topics) parts.topics.publish(name);
    await parts.channel.publish(topics.map(({ name }) => ["changed", name]));
  }

  /**
   * Sends operations to all whose page depends on a topic, or to one user. It is for the server's own code, so that a
   * topic's `authorize` is not asked; a reflex has `this.broadcast`. Pages that show something that was published before
   * show that first. Who is not connected is not told.
   *
   * @param audience a topic, or `{ user }`
   * @param operations made by {@linkcode ops}
   * @returns done when they are on their way
   * @throws RangeError for more operations than `limits.operations`, or more bytes than `limits.operationBytes`
   *
   * @example
   * ```tsx
   * import { App, ops, topic } from "@argyle/argyle";
   * const Alarms = topic("alarms");
   * const app = new App();
   * await app.broadcast(Alarms(), ops().append("#alarms", <li>The kettle boils</li>).perform("ring"));
   * await app.broadcast({ user: "ann" }, ops().notification("The kettle boils"));
   * ```
   */
  async broadcast(audience: Audience, operations: Operations): Promise<void> {
    const address = addressOf(audience);
    const { topics, channel, writer } = await this.#ready();
    const told = writer.write(operations);
    topics.tell(address, told);
    await channel.publish([["told", address, told]]);
  }

  /**
   * Takes back what pages of a session, or of a user, have been let do: after a role was taken away, for one. Calls of
   * theirs that run at this moment are not committed; open pages, on every isolate, are loaded again, and middleware,
   * `authorize` and pages are asked anew. They stay logged in: what is to be refused, those refuse.
   *
   * @param who a session (`sessionId` of a reflex or of middleware), or a user in all of their sessions
   * @throws TypeError for neither; Error where the store or the bus cannot be reached: then try again
   *
   * @example
   * ```ts
   * import { App, HttpError } from "@argyle/argyle";
   * const banned = new Set<string>();
   * const app = new App();
   * app.use(({ user }, next) => {
   *   if (user !== undefined && banned.has(user)) throw new HttpError(403, "You are not welcome here.");
   *   return next();
   * });
   * banned.add("mallory");
   * await app.disconnect({ user: "mallory" });
   * ```
   */
  async disconnect(who: { readonly session: string } | { readonly user: string }): Promise<void> {
    const address = whoseAddress(who);
    const { identities, topics, channel } = await this.#ready();
    await identities.doubt(who);
    topics.publish(address);
    await channel.publish([["changed", address]]);
  }

  /**
   * Registers classes of reflexes, under the names that pages and frames will call them.
   *
   * @throws TypeError for a name that is taken, or a class that does not extend `Reflex`
   *
   * @example
   * ```ts
   * import { App, Reflex } from "@argyle/argyle";
   * class Counter extends Reflex {
   *   increment() {}
   * }
   * new App().reflexes({ Counter });
   * ```
   */
  reflexes(classes: { readonly [name: string]: ReflexClass<Session> }): this {
    for (const [name, create] of Object.entries(classes)) this.#registry.add(name, create);
    return this;
  }

  /**
   * Adds an address at which SockSync is spoken: others subscribe to its variables and lists, and call its functions. Each
   * of its variables has one value on all isolates, which the app's store keeps under the endpoint's path and the variable's
   * name: under another name it begins anew. Pages watch a variable or a list like a topic. Who stops the app waits for
   * functions that run, for at most 3 s.
   *
   * @param path below the app's base, as it stands: `/ws/socksync`
   * @param groups variables, lists and actions by their names, of at most 64 characters each
   * @param options `authorize` says who may open a socket; there is no default, and `anyone` is a value
   * @returns the endpoint: `typeof` it types clients
   * @throws TypeError for a path that cannot be or is taken, for what is no group, for a group that is another app's
   *
   * @example
   * ```tsx
   * import { action, anyone, App, Live } from "@argyle/argyle";
   * import { list, variable } from "@argyle/argyle/socksync";
   * import { z } from "zod";
   * const price = variable(42), todos = list<string>([]);
   * const app = new App();
   * export const sync = app.sync("/ws/socksync", {
   *   price,
   *   todos,
   *   add: action(z.object({ title: z.string().min(1) }), ({ title }) => todos.append(title)),
   * }, { authorize: anyone });
   * app.page("/", () => <Live topic={price}>{() => <output>{price.value}</output>}</Live>);
   * ```
   */
  sync<const G extends Groups<SyncContext>>(path: string, groups: G, options: SyncOptions): SyncEndpoint<G> {
    const endpoint = new SyncEndpoint<G>(path, groups, options, {
      clock: this.#options.clock ?? systemClock,
      limits: this.#limits,
      log: this.#log,
      settling: () => this.#bindings.settling,
      started: (work) => this.#calls.follow(work.then(() => {})),
    });
    this.#bindings.check(path, groups as Groups);
    addEndpoint(this.#site, endpointOf(endpoint));
    this.#bindings.add(path, groups);
    return endpoint;
  }

  /**
   * Declares an address at which typed events are spoken: JSON messages with a `type`, in and out, each held against its
   * schema. Add the handlers with `handle`; there is no endpoint before that.
   *
   * @param path like a page's: `/room/:room`; of several that fit, one without params comes first, then the first added
   * @param options schemas of the path's params and of the query, and the events that go out
   * @returns what takes the handlers
   *
   * @example
   * ```ts
   * import { action, anyone, App, topic } from "@argyle/argyle";
   * import { z } from "zod";
   * const Room = topic("room/:room");
   * const app = new App();
   * export const rooms = app.events("/room/:room/:client", {
   *   params: z.object({ room: z.string(), client: z.coerce.number().int() }),
   *   sends: { message: z.object({ msg: z.string(), sender: z.int() }) },
   * }).handle({
   *   message: action(z.object({ msg: z.string().max(1000) }), ({ msg }, { params, publish }) => {
   *     return publish(Room(params), "message", { msg, sender: params.client });
   *   }),
   * }, { authorize: anyone, connect: ({ params, join }) => join(Room(params)) });
   * ```
   */
  events<
    const Path extends string,
    Params = PathParams<Path>,
    Query = URLSearchParams,
    S extends Sends = Sends,
  >(path: Path, options: EventsOptions<Path, Params, Query, S> = {}): EventsDeclaration<Params, Query, S> {
    const means = {
      clock: this.#options.clock ?? systemClock,
      limits: this.#limits,
      log: this.#log,
      rooms: this.#rooms,
    };
    return {
      // Types are held against each other by whoever calls it.
      handle: (handlers: unknown, hooks: never) => {
        const endpoint = new ServedEvents(path, options as Declared, handlers, hooks, means);
        addEndpoint(this.#site, endpoint);
        return endpoint as never;
      },
    };
  }

  /**
   * Puts another app in front of this one, below the other's own `base`. It stops when this one does. It answers to
   * this one's hosts and origins, unless it was given its own; limits, store and keys stay its own.
   *
   * @throws TypeError for a base that is not below this app's, or is taken
   *
   * @example
   * ```ts
   * import { App } from "@argyle/argyle";
   * const shop = new App({ base: "/shop" });
   * new App().mount(shop);
   * ```
   */
  mount(app: AnyApp): this {
    if (!app.#base.startsWith(`${this.#base}/`)) {
      throw new TypeError(
        `Cannot mount the app with the base ${JSON.stringify(app.#base)}: it is not below ${
          JSON.stringify(this.#base)
        }.`,
      );
    }
    if (this.#mounted.some((mounted) => mounted.#base === app.#base)) {
      throw new TypeError(
        `Cannot mount the app with the base ${JSON.stringify(app.#base)}: the base is taken.`,
      );
    }
    const { hosts, origins } = app.#allowed;
    if (hosts.length === 0 && origins.length === 0) app.#allowed = this.#allowed;
    if (app.#options.trustProxy === undefined) app.#proxies = this.#proxies;
    this.#mounted.push(app);
    // The longest base first: what is below /a/b is not for the app at /a.
    this.#mounted.sort((a, b) => b.#base.length - a.#base.length);
    return this;
  }

  /**
   * Serves the files of a directory. They are looked for before the pages, in the order of these calls; middleware runs
   * around them.
   *
   * @param prefix where they are, below the app's base: `/assets`
   * @param root the directory: a `file:` URL, or a path
   * @param options index pages, caching, types, headers
   * @throws TypeError for what cannot be
   *
   * @example
   * ```ts
   * import { App } from "@argyle/argyle";
   * new App().static("/assets", new URL("./assets/", import.meta.url));
   * ```
   */
  static(prefix: string, root: URL | string, options: StaticOptions = {}): this {
    const files = makeStaticFiles(prefix, root, options);
    this.#site.files.push(files);
    if (developer() !== undefined) {
      tellDeveloper({ kind: "files", path: `${this.#base}${files.prefix}`, folder: String(root) });
    }
    return this;
  }

  /**
   * Answers a request: the door for `Deno.serve`, `deno serve`, other frameworks and tests. It never rejects.
   *
   * It works without `this`, so that it can be handed around.
   */
  readonly fetch = async (request: Request, info?: unknown): Promise<Response> => {
    guardProcess(this.#log);
    const other = this.#mountedAt(request);
    if (other !== undefined) return await other.fetch(request, info);
    return await answer(request, this.#house(isDevelopment(info), info));
  };

  #house(development: boolean, info: unknown): House {
    return {
      base: this.#base,
      limits: this.#limits,
      log: this.#log,
      scripts: this.#scriptsByPath,
      islands: this.#islands,
      allowed: this.#allowed,
      accessLog: this.#options.accessLog ?? false,
      deployed: environment("DENO_DEPLOYMENT_ID") !== undefined,
      development,
      draining: this.#draining,
      senderOf: (request) => senderOf(request, info, this.#proxies),
      ready: () => this.#ready(),
      plain: (host) => this.#warnPlain(host),
    };
  }

  // What a mounted app has is no business of a socket of this one.
  async #get(request: Request, development: boolean): Promise<Response> {
    if (this.#mountedAt(request) !== undefined) return new Response(null, { status: 404 });
    return await answer(request, this.#house(development, undefined));
  }

  /**
   * Listens on this machine. SIGTERM and SIGINT stop it: sockets are told to come back, running calls finish, and the
   * process ends within 4 s.
   *
   * @throws Error that says what to do where the port is taken or something is missing
   *
   * @example
   * ```ts
   * import { App } from "@argyle/argyle";
   * const app = new App();
   * app.page("/", () => "Hello");
   * await using server = await app.listen({ port: 0 });
   * const response = await fetch(server.url);
   * console.assert((await response.text()).includes("Hello"));
   * ```
   */
  async listen(options: ListenOptions = {}): Promise<Listening> {
    // What is wrong with keys or store is said now.
    await Promise.all([this.#ready(), ...this.#mounted.map((app) => app.#ready())]);
    return listen({ fetch: this.fetch, drain: (ms) => this.#drain(ms) }, this.#log, options);
  }

  /**
   * Called by `deno serve` when it listens: from then on SIGTERM and SIGINT end the sockets, and so the process. With
   * `--parallel` and a store that only one thread can see, the process ends at once and says why.
   */
  declare readonly onListen: (address: Deno.Addr) => void;

  /** Ends the app's sockets and waits for what runs, for at most 3 s. The app does not serve again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#drain(DRAIN);
    this.#signals?.();
    this.#signals = undefined;
    this.#threads?.();
  }

  #listens(address: Deno.Addr): void {
    if (address.transport === "tcp") {
      const host = address.hostname === "0.0.0.0" ? "localhost" : address.hostname;
      this.#log.info(`listening on http://${host}:${address.port}`);
    }
  }

  #stopAtSignals(): void {
    this.#signals ??= listenToSignals(() => {
      void this[Symbol.asyncDispose]();
      // `deno serve` waits for whatever still has a timer, a call that never ends for one.
      Deno.unrefTimer(setTimeout(() => Deno.exit(0), GIVE_UP));
    });
  }

  // Every thread would have sessions and keys of its own, and a person's requests go now to one, now to another.
  #watchThreads(): void {
    if (this.#threads !== undefined || environment("DENO_DEPLOYMENT_ID") !== undefined) return;
    const reaches = ({ store, bus }: Partial<Engine>) => store?.durable === true && bus !== undefined;
    if ([this as AnyApp, ...this.#mounted].every((app) => reaches(app.#options))) return;
    this.#threads = watchThreads(() => {
      this.#log.error(
        "cannot serve with --parallel: the memory of one thread is not the others'",
        new Error(
          'Give the app a store and a bus that all threads can reach, `new App(kv(await openKv("app.db")))`.',
        ),
      );
      Deno.exit(1);
    });
  }

  #makePage(
    path: string,
    component: unknown,
    options: AnyPageOptions<Session>,
  ): Page {
    const layouts = [this.#options.layout ?? [], options.layout ?? []].flat() as unknown as Layout[];
    return {
      path,
      pattern: anywhere,
      component: component as Page["component"],
      layouts,
      options: options as unknown as Page["options"],
    };
  }

  #mountedAt(request: Request): AnyApp | undefined {
    if (this.#mounted.length === 0) return undefined;
    const path = URL.parse(request.url)?.pathname ?? "";
    return this.#mounted.find((app) => path === app.#base || path.startsWith(`${app.#base}/`));
  }

  // Once is enough: every request of a whole network may come this way.
  #warnPlain(host: string): void {
    if (this.#warnedPlain) return;
    this.#warnedPlain = true;
    this.#log.warn("pages over plain http have no session and are not live; serve https, or use localhost", {
      host,
    });
  }

  #ready(): Promise<Parts> {
    return this.#parts ??= this.#compose();
  }

  #compose(): Promise<Parts> {
    const parts = compose(this.#options, {
      base: this.#base,
      limits: this.#limits,
      log: this.#log,
      site: this.#site,
      registry: this.#registry,
      hub: this.#hub,
      pending: this.#pending,
      attributes: this.#attributes,
      scripts: this.#scripts,
      islands: this.#islands,
      bindings: this.#bindings,
      rooms: this.#rooms,
      get: (request, development) => this.#get(request, development),
    });
    // A store that was away at the first request may be there at the next.
    parts.catch(() => this.#parts = undefined);
    return parts;
  }

  async #drain(ms: number): Promise<void> {
    await Promise.all([this.#drainOwn(ms), ...this.#mounted.map((app) => app.#drain(ms))]);
  }

  async #drainOwn(ms: number): Promise<void> {
    this.#draining = true;
    const heard = this.#hub.closeAll().then(() => this.#rooms.idle());
    await within(ms, Promise.all([heard, this.#pending.idle(), this.#calls.idle()]));
    // Whoever was here is gone, which others hear; then the bus is let go of.
    await within(FAREWELL, Promise.resolve(this.#parts).then((parts) => parts?.close(), () => {}));
  }
}

/**
 * An app, whatever its session: for code that only serves it.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { AnyApp } from "@argyle/argyle/types";
 * const get = (app: AnyApp, path: string) => app.fetch(new Request(`http://localhost${path}`));
 * console.assert((await get(new App(), "/")).status === 404);
 * ```
 */
// deno-lint-ignore no-explicit-any -- an app is invariant in its session, and whoever only serves it does not care
export type AnyApp = App<any>;

/** What any page may declare; which of it goes together is what the overloads say. */
type AnyPageOptions<Session> =
  & Partial<PageOptions<object, Session, unknown>>
  & Partial<PublicPageOptions<Session, unknown>>
  & Partial<KeyedPageOptions<Session, Record<string, string>, unknown>>;

/** Milliseconds for the last words to other isolates, once all sockets are closed. */
const FAREWELL = 400;

async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([done, late]);
  clearTimeout(timer);
}

// Pages that are found by what happened, not by a path.
const anywhere = new URLPattern();

/** Whether details may be shown: only where somebody has said so, and only to this machine. */
function isDevelopment(info: unknown): boolean {
  if (environment("ARGYLE_ENV") !== "development") return false;
  const { hostname } = (info as Partial<Deno.ServeHandlerInfo> | undefined)?.remoteAddr as Deno.NetAddr ?? {};
  return hostname !== undefined && isLoopback(hostname === "::1" ? "[::1]" : hostname);
}
