/**
 * What can change, and be watched.
 *
 * @module
 */

import type { Schema, SchemaInput, SchemaOutput } from "../../protocol/schema.ts";
import type { ContextKey } from "../http/context.ts";
import type { PathParams } from "../http/params.ts";

/**
 * Who asks for a topic, and what for.
 *
 * @example
 * ```ts
 * import { topic } from "@argyle/argyle";
 * import type { TopicContext } from "@argyle/argyle/types";
 * const staff = ({ user, verb }: TopicContext) => verb === "subscribe" || user === "ann";
 * const News = topic("news", { authorize: staff });
 * ```
 */
export interface TopicContext {
  /** Who it is; `undefined` before a login. */
  readonly user: string | undefined;
  /**
   * What it wants: to see the topic change and who is on it; to say that it has changed; to tell those something who see
   * it; or to be seen on it, which is asked of topics with `presence` alone.
   */
  readonly verb: "subscribe" | "publish" | "broadcast" | "join";
  /** What middleware has set; throws where nothing was, and the key has no initial value. */
  get<T>(key: ContextKey<T>): T;
}

/**
 * What a topic may declare.
 *
 * @example
 * ```ts
 * import { topic } from "@argyle/argyle";
 * import type { TopicOptions } from "@argyle/argyle/types";
 * const members: TopicOptions<{ club: string }> = { authorize: ({ user }, { club }) => user?.endsWith(`@${club}`) ?? false };
 * const Club = topic("club/:club", members);
 * ```
 */
export interface TopicOptions<Params, Presence extends Schema | undefined = undefined> {
  /** Reads what people are shown as who are on the topic, and types it: small JSON. Without one, nobody can be on it. */
  readonly presence?: Presence;
  /**
   * Whether somebody may subscribe to it, join it or, from a reflex, publish it and broadcast to it. Asked for each
   * person, at each render, whenever a page's socket connects, and of those who only look on once a minute
   * (`limits.identity`). Where left out: everybody may, but a topic with a param `user` is that user's alone.
   * `app.publish` and `app.broadcast` do not ask.
   */
  readonly authorize?: (context: TopicContext, params: Params) => boolean | Promise<boolean>;
}

/**
 * Names topics of one kind: call it with the params of its path.
 *
 * @example
 * ```ts
 * import { topic } from "@argyle/argyle";
 * import type { TopicKind } from "@argyle/argyle/types";
 * const Order: TopicKind<{ readonly id: string }> = topic("order/:id");
 * console.assert(Order({ id: 7 }).name === Order({ id: "7" }).name);
 * ```
 */
export type TopicKind<Params, Presence = undefined, Joins = Presence> = (
  ...params: keyof Params extends never ? []
    // Numbers are written as such.
    : [params: { readonly [K in keyof Params]: Params[K] | (string extends Params[K] ? number : never) }]
) => Topic<Presence, Joins>;

/**
 * Something that changes and can be watched: a topic, or a variable or list that is a group of `app.sync()`.
 *
 * @example
 * ```ts
 * import { topic } from "@argyle/argyle";
 * import { variable } from "@argyle/argyle/socksync";
 * import type { Watchable } from "@argyle/argyle/types";
 * const watched: Watchable[] = [topic("items")(), variable(42)];
 * ```
 */
export interface Watchable {
  /** Its name as a topic. */
  readonly name: string;
  /** Whether somebody may watch it. */
  allows(context: TopicContext): boolean | Promise<boolean>;
}

/** The topic of something that can be watched. */
export function topicOf(watchable: Watchable): Topic {
  if (watchable instanceof Topic) return watchable;
  const { name } = watchable;
  return new Topic(name, (context) => watchable.allows(context));
}

/** The longest name, in characters: brokers have less room for keys than we for pages. */
const LONGEST = 512;

/**
 * Something that can change and be watched: an order, a room, all items. {@linkcode topic} makes them; two of one name
 * are the same topic. A topic with `presence` is a `Topic<Presence>`: there are people on it, each shown as that.
 *
 * @example
 * ```ts
 * import { type Topic, topic } from "@argyle/argyle";
 * import { z } from "zod";
 * const Items = topic("items"), Room = topic("room/:room", { presence: z.object({ name: z.string() }) });
 * const lobby: Topic<{ name: string }> = Room({ room: "lobby" });
 * const topics: Topic[] = [Items(), lobby];
 * ```
 */
export class Topic<Presence = unknown, Joins = Presence> {
  /** Its path with the values of its params, escaped: what a stranger wrote is never a separator or a wildcard. */
  readonly name: string;
  /** Reads what somebody joins with; `undefined` where nobody can. */
  readonly presence: Schema<Joins, Presence> | undefined;
  readonly #allows: (context: TopicContext) => boolean | Promise<boolean>;

  /** Use {@linkcode topic}: the name has to be escaped. */
  constructor(
    name: string,
    allows: (context: TopicContext) => boolean | Promise<boolean>,
    presence?: Schema<Joins, Presence>,
  ) {
    this.name = name;
    this.#allows = allows;
    this.presence = presence;
  }

  /** Whether somebody may do that with it. Nothing but `true` is a yes, whatever the types were told. */
  allows(context: TopicContext): boolean | Promise<boolean> {
    const allowed: unknown = this.#allows(context);
    if (typeof (allowed as { then?: unknown } | null | undefined)?.then !== "function") {
      return allowed === true;
    }
    return Promise.resolve(allowed).then((allowed) => allowed === true);
  }
}

/**
 * Declares what can change. `publish` says that it has; pages that subscribe to it, loads and `<Live>` parts that name
 * it are brought up to date.
 *
 * @param path words and params with `/` between them: `items`, `room/:room`
 * @param options who may subscribe, join and publish; what people are shown as who are on it
 * @throws TypeError for a path that is none; when a topic is named, TypeError for a param that is missing or empty, and
 * RangeError for a name of more than 512 characters
 *
 * @example
 * ```tsx
 * import { App, Reflex, topic } from "@argyle/argyle";
 * const Room = topic("room/:room", { authorize: ({ user }, { room }) => room !== "staff" || user !== undefined });
 * const said: string[] = [];
 * class Chat extends Reflex {
 *   hello(room: string) {
 *     said.push(`hello ${room}`);
 *     this.publish(Room({ room })); // with the commit: who watches is shown it
 *   }
 * }
 * const app = new App();
 * app.reflexes({ Chat });
 * app.page("/:room", ({ params, subscribe }) => {
 *   subscribe(Room(params));
 *   return <ul id="said">{said.map((text) => <li>{text}</li>)}</ul>;
 * });
 * await app.publish(Room({ room: "lobby" })); // from a script, a timer, a webhook
 * ```
 */
export function topic<const Path extends string, Presence extends Schema | undefined = undefined>(
  path: Path,
  options: TopicOptions<PathParams<Path>, Presence> = {},
): TopicKind<PathParams<Path>, PresenceOf<Presence>, JoinsOf<Presence>> {
  if (!/^:?[A-Za-z0-9_-]+(\/:?[A-Za-z0-9_-]+)*$/.test(path)) {
    throw new TypeError(
      `Cannot declare the topic ${JSON.stringify(path)}: it is words and :params with "/" between them.`,
    );
  }
  const steps = path.split("/");
  return ((params: Record<string, unknown> = {}) => {
    const values: Record<string, string> = {};
    const name = steps.map((step) => {
      if (!step.startsWith(":")) return step;
      const param = step.slice(1);
      return escape(values[param] = read(path, param, params[param]));
    }).join("/");
    if (name.length > LONGEST) {
      throw new RangeError(`Cannot name the topic ${path}: ${name.length} characters of at most ${LONGEST}.`);
    }
    const { authorize, presence } = options;
    return new Topic(name, (context) => {
      if (authorize !== undefined) return authorize(context, values as PathParams<Path>);
      return values["user"] === undefined || values["user"] === context.user;
    }, presence);
  }) as TopicKind<PathParams<Path>, PresenceOf<Presence>, JoinsOf<Presence>>;
}

/**
 * What people are shown as, as a topic's schema gives it.
 *
 * @example
 * ```ts
 * import type { Schema } from "@argyle/argyle";
 * import type { PresenceOf } from "@argyle/argyle/types";
 * const ann: PresenceOf<Schema<unknown, { name: string }>> = { name: "Ann" };
 * const nobody: PresenceOf<undefined> = undefined;
 * ```
 */
export type PresenceOf<S extends Schema | undefined> = S extends Schema ? SchemaOutput<S> : undefined;

/**
 * What people join with, as a topic's schema takes it.
 *
 * @example
 * ```ts
 * import type { Schema } from "@argyle/argyle";
 * import type { JoinsOf } from "@argyle/argyle/types";
 * const unnamed: JoinsOf<Schema<{ name?: string }, { name: string }>> = {};
 * ```
 */
export type JoinsOf<S extends Schema | undefined> = S extends Schema ? SchemaInput<S> : undefined;

function read(path: string, param: string, value: unknown): string {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text === "string" && text !== "") return text.toWellFormed();
  throw new TypeError(`Cannot name the topic ${path}: ${param} is ${JSON.stringify(value) ?? "not there"}.`);
}

// Brokers have `*`, `>`, `.` and `:` for themselves; of what `encodeURIComponent` leaves alone, letters and digits stay.
function escape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*~.]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
