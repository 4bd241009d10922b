/**
 * A home of server actions.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import type { ReflexAudience } from "../bus/audience.ts";
import type { Topic } from "../bus/topic.ts";
import type { ContextKey } from "../http/context.ts";
import { type CookieOptions, type NewCookie, newCookie } from "../http/cookie.ts";
import type { PathParams } from "../http/params.ts";
import type { Logger } from "../observe.ts";
import type { Operations } from "../operations/operations.ts";
import type { Html } from "../page/html.ts";
import type { Untyped } from "../page/page.ts";
import type { CalledAction } from "./callbacks.ts";
import type { Flash } from "../session/flash.ts";
import type { ElementReader, FormReader } from "./element.ts";
import type { LeadOptions, OtherQuery } from "./leading.ts";

/** What a call gives to the reflex that it runs on. */
export interface CallContext {
  /** The call's number within its visit. */
  readonly n: number;
  /** An id of this call, the same however often it is tried. */
  readonly id: string;
  /** The session's values, this call's own copy. */
  session(): Untyped;
  /** The page's state, this call's own copy. */
  state(): Untyped;
  /** The element that was acted on. */
  readonly element: ElementReader;
  /** The enclosing form. */
  readonly fields: FormReader;
  /** The page's URL. */
  readonly url: URL;
  /** The params of the page's path. */
  readonly params: Readonly<Record<string, string>>;
  /** The headers of the socket's request, a copy. */
  readonly headers: Headers;
  /** Who it is. */
  readonly user: string | undefined;
  /** Names the session. */
  readonly sessionId: string;
  /** Aborted when the call has taken too long. */
  readonly signal: AbortSignal;
  /** What middleware has set. */
  get<T>(key: ContextKey<T>): T;
  /** Notes that a topic has changed. */
  publish(topic: Topic): void;
  /** The path of the page, as it was added. */
  readonly path: string;
  /** A log whose lines name the call. */
  readonly log: Logger;
  /** Sends something at once. */
  push(operations: Operations): void;
  /** What the caller's page is to do when the call is committed. */
  readonly ops: Operations;
  /** Notes what others are told when the call is committed. */
  broadcast(audience: ReflexAudience, operations: Operations): void;
  /** Notes what is to be done when the call is committed. */
  afterCommit(run: () => void | Promise<void>): void;
  /** Notes a login or logout. */
  renew(user: string | null): void;
  /** Shows an element in place of the page. */
  morph(selector: string, html: Html): void;
  /** Shows nothing new. */
  skipRender(): void;
  /** Notes a cookie. */
  setCookie(cookie: NewCookie): void;
  /** Notes a message for the person. */
  flash(message: Flash): void;
  /** Leads the browser elsewhere. */
  redirect(to: string | OtherQuery, options: LeadOptions): void;
  /** Forgets all that the call has done so far. */
  undo(): void;
}

let attachCall: (reflex: Reflex, call: CallContext) => void;

/**
 * A class of server actions. One instance lives for one call; the fields that it sets are seen by the render that
 * follows, through `ran(Class)`.
 *
 * A plain method can be called only as a page offers it, by `data-reflex` or `on()`, with exactly those arguments. A
 * field that is an `action(schema, fn)` takes what its schema passes. What a method returns, the caller's promise
 * resolves to; it is JSON and small.
 *
 * What a call does to `session` and `state` is committed at its end, together with the mark that it has happened;
 * where it throws, nothing is. The body may run more than once (another tab was quicker): what it does to the world
 * outside should bear that.
 *
 * Its members are those of the call: in a constructor or an initialiser, before one, they throw a TypeError.
 *
 * @example
 * ```tsx
 * import { App, on, Reflex } from "@argyle/argyle";
 *
 * class Counter extends Reflex<{ count?: number }> {
 *   increment(by = 1) {
 *     this.session.count = (this.session.count ?? 0) + by;
 *   }
 * }
 *
 * const app = new App<{ count?: number }>();
 * app.reflexes({ Counter });
 * app.page("/", ({ session }) => (
 *   <button {...on("click", Counter, "increment", 5)}>{session.count ?? 0}</button>
 * ));
 * ```
 */
// deno-lint-ignore no-explicit-any -- a bare `Reflex` stands for every one, whatever its session
export abstract class Reflex<Session extends object = any, State extends object = any> {
  /** Type only: what the reflex needs of an app's session. */
  declare readonly "~needs"?: (session: Session) => void;
  #call: CallContext | undefined;

  static {
    attachCall = (reflex, call) => {
      reflex.#call = call;
    };
  }

  /**
   * The values of the person's session: read and write as you like, they are kept when the call has succeeded. JSON of
   * at most `limits.record` bytes; else the call has `failed`.
   */
  get session(): Session {
    return this.#current("session").session() as Session;
  }

  /** The state of this visit of this page, kept likewise. */
  get state(): State {
    return this.#current("state").state() as State;
  }

  /** The element that was acted on; nothing is in it where a script has made the call. */
  get element(): ElementReader {
    return this.#current("element").element;
  }

  /** The fields of the enclosing form; empty where there is none. */
  get fields(): FormReader {
    return this.#current("fields").fields;
  }

  /** The page's URL. */
  get url(): URL {
    return this.#current("url").url;
  }

  /** The params of the page's path, decoded. */
  get params(): Readonly<Record<string, string>> {
    return this.#current("params").params;
  }

  /**
   * The headers with which the page's socket was opened, a copy; without the cookies, and without what makes a socket of
   * a request. They are a stranger's words, and may be hours old.
   */
  get headers(): Headers {
    return this.#current("headers").headers;
  }

  /** The app's log; each line of it names this call and what it calls. */
  get log(): Logger {
    return this.#current("log").log;
  }

  /**
   * The params of the page's path, typed: where the call comes from a page with this path. For classes that are offered
   * on several pages.
   *
   * @param path as it was given to `app.page`
   * @returns the params
   * @throws WireError `stale` where the call comes from another page
   *
   * @example
   * ```ts
   * import { Reflex } from "@argyle/argyle";
   * class Room extends Reflex {
   *   leave() {
   *     const { room } = this.match("/rooms/:room");
   *     this.state.left = room;
   *   }
   * }
   * ```
   */
  match<const Path extends string>(path: Path): PathParams<Path> {
    const call = this.#current("match()");
    if (call.path !== path) throw new WireError("stale", "This belongs to another page.");
    return call.params as PathParams<Path>;
  }

  /** Who it is; `undefined` before a login. */
  get user(): string | undefined {
    return this.#current("user").user;
  }

  /**
   * Names the session, for `app.disconnect()` and for lists of where somebody is logged in; a login gives it another. It
   * opens nothing: what the browser shows is sealed.
   */
  get sessionId(): string {
    return this.#current("sessionId").sessionId;
  }

  /** An id of this call, the same however often its body runs: an idempotency key for the world outside. */
  get id(): string {
    return this.#current("id").id;
  }

  /**
   * What middleware set when the page's socket connected.
   *
   * @param key made by `contextKey`
   * @throws TypeError where nothing was set, and the key has no initial value
   */
  get<T>(key: ContextKey<T>): T {
    return this.#current("get()").get(key);
  }

  /** Aborted when the call has taken longer than `limits.reflex` or its action's `timeout`. */
  get signal(): AbortSignal {
    return this.#current("signal").signal;
  }

  /**
   * Says that something has changed. It is told when the call is committed, and not where it fails: then pages that
   * subscribe to the topic, loads and parts that name it are brought up to date. Several times count once.
   *
   * @param topics what has changed
   * @throws WireError `forbidden` for a topic whose `authorize` refuses it to this person
   */
  publish(...topics: readonly Topic[]): void {
    for (const topic of topics) this.#current("publish()").publish(topic);
  }

  /**
   * Shows this, and the page is not rendered: each element that the selector names is brought to the markup, in the
   * order of the calls, with the outcome. Where the markup is one element of the same id and key, or without an id of
   * the same name, it takes the element's place; else it goes into the element. Where the selector names nothing,
   * nothing happens; what is no selector has the browser load the page again.
   *
   * The server does not know any more what is on the page then. The next time that it is rendered (after another call,
   * when a topic is published) it is sent whole, so that what the render does not say is gone.
   *
   * @param selector as browsers have them: `#cart`, `#cart > .total`
   * @param html JSX; a string is text. Its calls are offered until the page is rendered again
   * @throws TypeError where the call has chosen `skipRender()`, for an empty selector, for `<Head>` or `<Live>` in it
   *
   * @example
   * ```tsx
   * import { Reflex } from "@argyle/argyle";
   * class Cart extends Reflex<{ total?: number }> {
   *   add(price: number) {
   *     const total = this.session.total = (this.session.total ?? 0) + price;
   *     this.morph("#total", <output id="total">{total}</output>);
   *   }
   * }
   * ```
   */
  morph(selector: string, html: Html): void {
    this.#current("morph()").morph(selector, html);
  }

  /**
   * Shows nothing new: the caller gets the outcome alone. Session and state are kept, and the next render shows them.
   *
   * @throws TypeError where the call has chosen `morph()`
   */
  skipRender(): void {
    this.#current("skipRender()").skipRender();
  }

  /**
   * Says something to the person, once: pages have it in `flash`. It is shown by this page, up to its next call; after
   * `redirect()`, `login()` and `logout()` by the next page that reads `flash`; after `morph()` and `skipRender()` by the
   * next render. It is kept with the call, and gone where the call fails.
   *
   * @param kind what it is, for you: `notice`, `error`
   * @param text what it says
   * @throws TypeError for what is no text
   *
   * @example
   * ```tsx
   * import { App, on, Reflex } from "@argyle/argyle";
   * class Cart extends Reflex {
   *   order() {
   *     this.flash("notice", "Thank you. It is on its way.");
   *     this.redirect("/orders");
   *   }
   * }
   * const app = new App();
   * app.reflexes({ Cart });
   * app.page("/cart", () => <button {...on("click", Cart, "order")}>Order</button>);
   * app.page("/orders", ({ flash }) => <main>{flash.map(({ kind, text }) => <p class={kind}>{text}</p>)}</main>);
   * ```
   */
  flash(kind: string, text: string): void {
    if (typeof kind !== "string" || typeof text !== "string") {
      throw new TypeError("Cannot keep a message: its kind and its text are texts.");
    }
    this.#current("flash()").flash({ kind, text });
  }

  /**
   * Gives the browser a cookie, once the call is committed. A socket cannot set one, so that the browser fetches it with
   * a ticket, as after a login, a moment after the outcome, and loads the page again. What only this app should know
   * belongs into the session.
   *
   * @param name letters, digits, `_` and `-`
   * @param value a text, which is escaped; `null` removes the cookie
   * @param options how it is kept
   * @throws TypeError for a name or an option that cannot be, RangeError for one that is too large
   */
  cookie(name: string, value: string | null, options: CookieOptions = {}): void {
    this.#current("cookie()").setCookie(newCookie(name, value, options));
  }

  /**
   * Leads the browser to another page of this site, once the call is committed. This page is not rendered. After a
   * login or logout it goes there as who it is then. Where the app has navigation, a page is gone to over the socket.
   *
   * With `{ query }` it is this page with another query, which it reads as `query`: what is chosen on a page stands in its
   * address, is there after a reload, and can be sent to others.
   *
   * @param to as {@linkcode redirect} takes it: a path that begins with one slash; or this page's other query
   * @param options `replace` where going back should lead past this page
   * @throws HttpError 400 for what leads elsewhere; TypeError where the call has chosen `morph()` or `skipRender()`
   *
   * @example
   * ```ts
   * import { Reflex } from "@argyle/argyle";
   * class Orders extends Reflex {
   *   open(id: number) {
   *     this.redirect(`/orders/${id}`);
   *   }
   *
   *   turn(page: number) {
   *     this.redirect({ query: { page: page === 1 ? undefined : page } }, { replace: true });
   *   }
   * }
   * ```
   */
  redirect(to: string | OtherQuery, options: LeadOptions = {}): void {
    this.#current("redirect()").redirect(to, options);
  }

  /**
   * Operations for the caller's page: they are done when the call is committed, behind what shows it, in the order in
   * which they are written. Where the call fails, none is.
   *
   * @example
   * ```ts
   * import { Reflex } from "@argyle/argyle";
   * class Chat extends Reflex {
   *   post(text: string) {
   *     this.session.last = text;
   *     this.ops.setValue("#text", "").setFocus("#text");
   *   }
   * }
   * ```
   */
  get ops(): Operations {
    return this.#current("ops").ops;
  }

  /**
   * Sends operations to others when the call is committed: to all whose page depends on a topic, to one user, or to all
   * tabs of this session. The caller's page is among them where it is one of those. What was published before is shown
   * before.
   *
   * @param audience a topic, `{ user }`, or `"session"`
   * @param operations made by {@linkcode ops}
   * @throws WireError `forbidden` for a topic whose `authorize` refuses it to this person; RangeError for more operations
   * than `limits.operations`, or more bytes than `limits.operationBytes`
   *
   * @example
   * ```tsx
   * import { ops, Reflex, topic } from "@argyle/argyle";
   * const Room = topic("room/:room");
   * class Chat extends Reflex {
   *   wave() {
   *     const { room } = this.match("/:room");
   *     this.broadcast(Room({ room }), ops().append("#waves", <li>{this.user} waves</li>));
   *   }
   * }
   * ```
   */
  broadcast(audience: ReflexAudience, operations: Operations): void {
    this.#current("broadcast()").broadcast(audience, operations);
  }

  /**
   * Sends operations to the caller's page at once, while the call goes on: progress. They are outside of what is
   * committed: where the call fails they have been seen, where its body runs again (another tab was quicker) they are
   * sent again, and to a browser that reads too slowly they are not sent.
   *
   * What they change of what a render has written, the next one puts right: an element's text, attributes and styles,
   * where it is named by `#id`, with that element alone; anything else with the whole page.
   *
   * @param operations made by {@linkcode ops}
   * @throws TypeError for what only a render writes; WireError `timeout` after the time limit
   *
   * @example
   * ```ts
   * import { ops, Reflex } from "@argyle/argyle";
   * class Import extends Reflex {
   *   async run() {
   *     for (let line = 1; line <= 3; line++) {
   *       this.push(ops().textContent("#progress", `Line ${line}`));
   *       await Promise.resolve();
   *     }
   *   }
   * }
   * ```
   */
  push(operations: Operations): void {
    this.#current("push()").push(operations);
  }

  /**
   * Has something done when the call is committed, and not where it fails: for the world outside (mail, payments), where
   * a body that runs again would do it twice. Nobody waits for it but a server that stops. It runs at least once: where
   * the process dies in between, or the store's answer is lost, the next process to which the page comes runs the body
   * again on what it saw, for this alone. (Not where its browser never comes back, nor for a call with more than
   * `limits.record` of session, state and arguments.) What it writes to session and state is not kept; what goes wrong in
   * it is in the log.
   *
   * @param run what is to be done; several run one after another. {@linkcode Reflex.id} is a key for the other side
   *
   * @example
   * ```ts
   * import { Reflex } from "@argyle/argyle";
   * class Orders extends Reflex<{ ordered?: boolean }> {
   *   order() {
   *     this.session.ordered = true;
   *     const { id } = this;
   *     this.afterCommit(() => sendMail({ key: id, text: "Thank you." }));
   *   }
   * }
   * async function sendMail(_mail: { key: string; text: string }) {}
   * ```
   */
  afterCommit(run: () => void | Promise<void>): void {
    if (typeof run !== "function") throw new TypeError("Cannot do this after the commit: it is no function.");
    this.#current("afterCommit()").afterCommit(run);
  }

  /**
   * Stops the call: nothing is kept, the page is not rendered again, the caller gets `halted`.
   *
   * @param message a sentence for the person; the code's own where left out
   * @throws WireError always
   */
  abort(message?: string): never {
    throw new WireError("halted", message);
  }

  /**
   * Refuses the call: nothing is kept, the page is not rendered again, the caller gets `forbidden`.
   *
   * @param message a sentence for the person; the code's own where left out
   * @throws WireError always
   */
  forbid(message?: string): never {
    throw new WireError("forbidden", message);
  }

  /**
   * Refuses the input: nothing is kept, the page is not rendered again, the caller gets `invalid` with a sentence for
   * each field.
   *
   * @param fields sentences by field
   * @throws WireError always
   */
  invalid(fields: Record<string, string>): never {
    throw new WireError("invalid", undefined, { fields });
  }

  /**
   * Makes the session this user's. It takes effect when the browser has fetched its new cookie, a moment after the
   * call: the session gets a new id, its values go along, and the old id is worth nothing. The page begins a new visit:
   * its `state` starts anew.
   *
   * @param user who it is, as your own data names them
   * @throws TypeError for an empty text
   */
  login(user: string): void {
    if (typeof user !== "string" || user === "") {
      throw new TypeError("Cannot log in: the user is an empty text.");
    }
    this.#current("login()").renew(user);
  }

  /**
   * Ends the session: a new, empty one takes its place when the browser has fetched its new cookie. The page begins a
   * new visit.
   */
  logout(): void {
    this.#current("logout()").renew(null);
  }

  /**
   * Runs before each action and method of the class, also before an action's schema: the place to `forbid()`. To
   * override; a class below calls it by `super.before(action)`. It has the time limit of the action, together with it.
   *
   * The order is `before`, `around` with the body in it, `after`; `rescue` stands around all three. None of them can be
   * called from a browser.
   *
   * @param _action what is called
   *
   * @example
   * ```ts
   * import { Reflex } from "@argyle/argyle";
   * class Admin extends Reflex {
   *   override before() {
   *     if (this.user === undefined) this.forbid("Log in first.");
   *   }
   * }
   * ```
   */
  before(_action: CalledAction): void | Promise<void> {}

  /**
   * Runs after the body, where that did not throw. To override.
   *
   * @param _action what was called
   */
  after(_action: CalledAction): void | Promise<void> {}

  /**
   * Runs around the body. To override: what it returns is the payload, so that it returns what `run()` gives. Where it
   * does not call `run`, the body and `after` do not run.
   *
   * @param _action what is called
   * @param run the body; once at most
   * @throws TypeError by `run` the second time
   *
   * @example
   * ```ts
   * import { Reflex } from "@argyle/argyle";
   * import type { CalledAction } from "@argyle/argyle/types";
   * class Timed extends Reflex {
   *   override async around(action: CalledAction, run: () => Promise<unknown>) {
   *     const start = performance.now();
   *     try {
   *       return await run();
   *     } finally {
   *       console.info(action.name, performance.now() - start);
   *     }
   *   }
   * }
   * ```
   */
  around(_action: CalledAction, run: () => Promise<unknown>): unknown {
    return run();
  }

  /**
   * Hears of what `before`, `around`, the body or `after` throws. To override: what it returns is the payload, and the
   * call has succeeded; what it throws, the call fails with. What had been written to session and state, published and
   * so on is forgotten first; what `rescue` itself does is kept.
   *
   * It does not hear of `abort()`, `forbid()`, `invalid()`, of what a schema refuses, nor of a time limit: those are
   * answers.
   *
   * @param error what was thrown
   * @param _action what was called
   */
  rescue(error: unknown, _action: CalledAction): unknown {
    throw error;
  }

  #current(member: string): CallContext {
    if (this.#call === undefined) {
      throw new TypeError(
        `Cannot use ${member} of ${this.constructor.name} outside a call: constructors and initialisers run before one.`,
      );
    }
    return this.#call;
  }
}

/** Gives a call to the instance that it runs on. */
export function attach(reflex: Reflex, call: CallContext): void {
  attachCall(reflex, call);
}

/**
 * A class of reflexes, as `app.reflexes` takes it for an app with this session.
 *
 * @example
 * ```ts
 * import { App, Reflex } from "@argyle/argyle";
 * import type { ReflexClass } from "@argyle/argyle/types";
 * class Counter extends Reflex<{ count?: number }> {
 *   reset() {
 *     delete this.session.count;
 *   }
 * }
 * const classes: Record<string, ReflexClass<{ count?: number }>> = { Counter };
 * new App<{ count?: number }>().reflexes(classes);
 * ```
 */
export type ReflexClass<Session> = new () => Reflex & {
  readonly "~needs"?: (session: Session) => void;
};
