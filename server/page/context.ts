/**
 * Makes the context that a page is called with.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import { peopleOf, type Presence } from "../bus/presence.ts";
import { type Topic, topicOf, type Watchable } from "../bus/topic.ts";
import type { Flash } from "../session/flash.ts";
import type { ContextValues } from "../http/context.ts";
import { checkPersonal, runImpersonal } from "./_impersonal.ts";
import { bindForm, type FormErrors, noErrors } from "./form.ts";
import { deepFreeze } from "./frozen.ts";
import type { Loads } from "./loads.ts";
import type { Load, LoadOptions, PageContext, PageError, SharedContext, Untyped } from "./page.ts";
import type { Watch } from "./watch.ts";

/** What a context of one person is made of. */
export interface ContextParts {
  /** Names session and identity: what is loaded for one is not for another. */
  readonly owner: string;
  /** The page's URL. */
  readonly url: URL;
  /** The params of its path. */
  readonly params: Record<string, string>;
  /** The session's values; frozen here. */
  readonly session: Untyped;
  /** The visit's state; frozen here. */
  readonly state: Untyped;
  /** Who it is. */
  readonly user: string | undefined;
  /** Messages that are shown once. */
  readonly flash: readonly Flash[];
  /** What middleware has set. */
  readonly values: ContextValues;
  /** What was wrong with the fields of its forms. */
  readonly errors?: FormErrors;
  /** The reflex that has just run. */
  readonly ran?: object | undefined;
  /** When session and state were looked up, as topics count changes; right now where left out. */
  readonly since?: number | undefined;
  /** What went wrong, for the app's own error page. */
  readonly error?: PageError;
}

/** Where renders have their data from. */
export interface Sources {
  readonly loads: Loads;
  readonly presence: Pick<Presence, "on">;
  /** Runs what loads, where somebody looks. */
  readonly watched?: (<T>(load: () => Promise<T>) => Promise<T>) | undefined;
}

/** What a render gets at its data by. */
export class Means {
  readonly sources: Sources;
  readonly watch: Watch;
  readonly #scope: readonly unknown[];
  #data: Data | undefined;

  /** @param scope is in the names of what is loaded, besides the key */
  constructor(sources: Sources, watch: Watch, scope: readonly unknown[]) {
    this.sources = sources;
    this.watch = watch;
    this.#scope = scope;
  }

  /** The context's functions for data: made when one of them is read, since few pages do. */
  get data(): Data {
    return this.#data ??= dataOf(this.sources, this.watch, canonicalJson(this.#scope));
  }
}

type Data = Pick<SharedContext, "load" | "subscribe" | "present">;

/** What a page's context is to the framework, which does not know its types. */
export type AnyContext = PageContext<Untyped, Untyped, Record<string, string>>;

/** The context of one render. Its functions work without `this`: everybody destructures contexts. */
export function pageContext(parts: ContextParts, means: Means): AnyContext {
  return new PersonalContext(parts, means);
}

// Not private: an object with more in it has this one as its prototype, see `withMore`.
const PARTS: unique symbol = Symbol("parts"), MEANS: unique symbol = Symbol("means");

// A class: an object with getters and functions of its own takes ten times as long to make.
class PersonalContext implements AnyContext {
  readonly [PARTS]: ContextParts;
  readonly [MEANS]: Means;

  constructor(parts: ContextParts, means: Means) {
    this[PARTS] = parts;
    this[MEANS] = means;
  }

  get url(): URL {
    return this[PARTS].url;
  }

  get params(): Record<string, string> {
    return this[PARTS].params;
  }

  get query(): URLSearchParams {
    return this[PARTS].url.searchParams;
  }

  get session(): Untyped {
    checkPersonal("session");
    return deepFreeze(this[PARTS].session);
  }

  get state(): Untyped {
    checkPersonal("state");
    return deepFreeze(this[PARTS].state);
  }

  get user(): string | undefined {
    checkPersonal("user");
    return this[PARTS].user;
  }

  get flash(): readonly Flash[] {
    checkPersonal("flash");
    return this[PARTS].flash;
  }

  get error(): PageError | undefined {
    return this[PARTS].error;
  }

  get get(): AnyContext["get"] {
    const { values } = this[PARTS];
    return (key) => {
      checkPersonal("get()");
      return values.get(key);
    };
  }

  get form(): AnyContext["form"] {
    const { errors = noErrors } = this[PARTS];
    return ((reflex: object, name: string, options = {}) => {
      checkPersonal("form()");
      return bindForm(reflex, name, options, errors);
    }) as unknown as AnyContext["form"];
  }

  get ran(): AnyContext["ran"] {
    const { ran } = this[PARTS];
    return (reflex) => {
      checkPersonal("ran()");
      return ran instanceof reflex ? ran : undefined;
    };
  }

  get load(): AnyContext["load"] {
    return this[MEANS].data.load;
  }

  get subscribe(): AnyContext["subscribe"] {
    return this[MEANS].data.subscribe;
  }

  get present(): AnyContext["present"] {
    return this[MEANS].data.present;
  }

  get join(): AnyContext["join"] {
    const { watch } = this[MEANS];
    return (topic, data) => {
      checkPersonal("join()");
      watch.join(topic, data);
    };
  }
}

/**
 * The context of a page that is the same for everybody: what is one person's is not there, and reading it says so,
 * whatever the types were told.
 */
export function publicContext(
  { url, params }: Pick<ContextParts, "url" | "params">,
  means: Means,
): AnyContext {
  const { load } = means.data;
  const subscribe = () => {
    throw new TypeError("Cannot subscribe in a page with `cache`: it is not live.");
  };
  const present = () => {
    throw new TypeError("Cannot ask who is present in a page with `cache`: it is not live.");
  };
  return impersonal("cache", { url, params, query: url.searchParams, load, subscribe, present });
}

/** What a page with `key` gets: all of it names its view. */
export interface KeyedParts {
  readonly params: Record<string, string>;
  /** What the page's schema gives for the query; `undefined` where it has none. */
  readonly query: unknown;
  readonly key: string;
}

/** The context of a page that many share. */
export function keyedContext({ params, query, key }: KeyedParts, means: Means): AnyContext {
  return impersonal("key", {
    params,
    key,
    ...(query === undefined ? {} : { query }),
    ...means.data,
  });
}

/** A context with something more in it; what is read only when it is asked for stays so. */
export function withMore<C extends object, M extends object>(context: C, more: M): C & M {
  return Object.create(context, Object.getOwnPropertyDescriptors(more));
}

function dataOf({ loads, presence, watched }: Sources, watch: Watch, scope: string): Data {
  // Of this render alone: what has no topics is kept no longer.
  let own: Map<string, Promise<unknown>> | undefined;
  const loadFor = <T>(
    scope: string,
    key: Watchable | string | readonly unknown[],
    given: () => T | Promise<T>,
    options: LoadOptions,
  ): Promise<T> => {
    const fn = watched === undefined ? given : () => watched(async () => await given());
    const isTopic = typeof key === "object" && !Array.isArray(key);
    const topics = (isTopic ? [key as Watchable, ...options.topics ?? []] : options.topics ?? []).map(
      topicOf,
    );
    const name = `${scope} ${isTopic ? `:${(key as Watchable).name}` : canonicalJson(key)}`;
    own ??= new Map();
    const known = own.get(name);
    if (known !== undefined) return known as Promise<T>;
    const loading = topics.length === 0
      ? Promise.resolve().then(fn)
      : allowed(topics, watch).then(() => loads.load(name, topics.map((topic) => topic.name), fn));
    own.set(name, loading);
    return loading;
  };
  const load =
    (<T>(key: Watchable | string | readonly unknown[], fn: () => T | Promise<T>, options = {}) =>
      loadFor(scope, key, fn, options)) as Load;
  load.shared = (key, fn, options = {}) =>
    loadFor("shared", key, () => runImpersonal("a shared load", fn), options);
  return {
    load,
    subscribe(...topics) {
      for (const topic of topics) void watch.add(topicOf(topic))?.catch(() => {}); // the render waits for all of them
    },
    async present<Presence>(topic: Topic<Presence, unknown>) {
      const { name } = topic;
      if (topic.presence === undefined) {
        throw new TypeError(`Cannot ask who is on ${name}: the topic has no presence.`);
      }
      await watch.add(peopleOf(topic));
      return presence.on(name) as readonly Presence[];
    },
  };
}

async function allowed(topics: readonly Topic[], watch: Watch): Promise<void> {
  await Promise.all(topics.map((topic) => watch.add(topic)));
}

function impersonal(option: "cache" | "key", context: object): AnyContext {
  return Object.create(absent[option], Object.getOwnPropertyDescriptors(context));
}

const absent = {
  cache: refusing("cache", ["session", "state", "user", "flash", "form", "get", "join", "ran"]),
  key: refusing("key", ["session", "state", "user", "flash", "form", "get", "join", "ran", "url", "query"]),
};

function refusing(option: string, names: readonly string[]): object {
  const context = Object.create(null);
  for (const name of names) {
    const why = name === "query"
      ? "add a schema as `query`, and it is in the view's name"
      : option === "key"
      ? "it is the same for all whose key is equal; what is one person's stands in <Live>"
      : "it is the same for everybody";
    Object.defineProperty(context, name, {
      get() {
        throw new TypeError(`Cannot read ${name} in a page with \`${option}\`: ${why}.`);
      },
    });
  }
  return context;
}
