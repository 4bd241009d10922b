/**
 * What middleware found out about a request, typed by its key.
 *
 * @module
 */

/**
 * Names a value of a context, and knows its type.
 *
 * @example
 * ```ts
 * import { type ContextKey, contextKey } from "@argyle/argyle";
 * const Tenant: ContextKey<string> = contextKey<string>("tenant");
 * ```
 */
export interface ContextKey<T> {
  /** What it is called in an error. */
  readonly name: string;
  /** The value where nothing was set. */
  readonly initial: { readonly value: T } | undefined;
}

/**
 * Makes a key for a value that middleware sets and pages and reflexes get.
 *
 * @param name for errors
 * @param initial the value where no middleware has set one; without it, getting what is not set is an error
 *
 * @example
 * ```tsx
 * import { App, contextKey, redirect } from "@argyle/argyle";
 * const Name = contextKey<string>("name");
 * const app = new App();
 * app.use((context, next) => {
 *   if (context.user === undefined) return redirect("/login");
 *   context.set(Name, context.user.toUpperCase());
 *   return next();
 * });
 * app.page("/", ({ get }) => <h1>{get(Name)}</h1>);
 * ```
 */
export function contextKey<T>(name: string, ...initial: [value?: T]): ContextKey<T> {
  return { name, initial: initial.length === 0 ? undefined : { value: initial[0] as T } };
}

/** The values of one request, or of one live page. */
export class ContextValues {
  // Made when it is needed: thousands of live pages have none.
  #values: Map<ContextKey<unknown>, unknown> | undefined;

  /** Sets a value. Works without `this`. */
  readonly set = <T>(key: ContextKey<T>, value: T): void => {
    (this.#values ??= new Map()).set(key, value);
  };

  /**
   * Gets a value. Works without `this`.
   *
   * @throws TypeError where nothing was set, and the key has no initial value
   */
  readonly get = <T>(key: ContextKey<T>): T => {
    if (this.#values?.has(key)) return this.#values.get(key) as T;
    if (key.initial !== undefined) return key.initial.value;
    throw new TypeError(`Cannot get ${key.name}: no middleware has set it.`);
  };
}
