/**
 * Makes the context that a page is called with.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import { deepFreeze } from "./frozen.ts";
import { ContextValues } from "../http/context.ts";
import type { PageContext, PageError, Untyped } from "./page.ts";

/** What a context is made of. */
export interface ContextParts {
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
  /** What middleware has set. */
  readonly values: ContextValues;
  /** The reflex that has just run. */
  readonly ran?: object;
  /** What went wrong, for the app's own error page. */
  readonly error?: PageError;
}

/** The context of one render. Its functions work without `this`: everybody destructures contexts. */
export function pageContext(parts: ContextParts): PageContext<Untyped, Untyped, Record<string, string>> {
  const loads = new Map<string, Promise<unknown>>();
  return {
    url: parts.url,
    params: parts.params,
    query: parts.url.searchParams,
    session: deepFreeze(parts.session),
    state: deepFreeze(parts.state),
    user: parts.user,
    get: parts.values.get,
    ...(parts.error === undefined ? {} : { error: parts.error }),
    ran: <R extends object>(reflex: abstract new () => R): R | undefined =>
      parts.ran instanceof reflex ? parts.ran : undefined,
    load<T>(key: string | readonly unknown[], fn: () => T | Promise<T>): Promise<T> {
      const name = canonicalJson(key);
      const known = loads.get(name);
      if (known !== undefined) return known as Promise<T>;
      const loading = Promise.resolve().then(fn);
      loads.set(name, loading);
      return loading;
    },
  };
}

/**
 * The context of a page that is the same for everybody: what is one person's is not there, and reading it says so,
 * whatever the types were told.
 */
export function publicContext(
  parts: Pick<ContextParts, "url" | "params">,
): PageContext<Untyped, Untyped, Record<string, string>> {
  const { url, params, query, load } = pageContext({
    ...parts,
    session: {},
    state: {},
    user: undefined,
    values: nothing,
  });
  return Object.assign(Object.create(personal), { url, params, query, load });
}

const nothing = new ContextValues();

const personal = Object.create(null);
for (const name of ["session", "state", "user", "get", "ran"]) {
  Object.defineProperty(personal, name, {
    get() {
      throw new TypeError(`Cannot read ${name} in a page with \`cache\`: it is the same for everybody.`);
    },
  });
}
