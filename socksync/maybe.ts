/**
 * What may be there at once, or later. What is there at once is dealt with at once: a list in memory is shown without a
 * turn of the event loop between its change and the frames.
 *
 * @module
 */

/** Something, or a promise of it. */
export type Maybe<T> = T | Promise<T>;

/** What became of something. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** Goes on with something when it is there. */
export function then<T, R>(value: Maybe<T>, next: (value: T) => Maybe<R>): Maybe<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Tries something; what it throws, at once or later, is an outcome. */
export function attempt<T>(run: () => Maybe<T>): Maybe<Outcome<T>> {
  try {
    const value = run();
    if (!isLater(value)) return { value };
    return Promise.resolve(value).then((value) => ({ value }), (error) => ({ error }));
  } catch (error) {
    return { error };
  }
}

// Queries of some libraries are no promises, but can be waited for.
function isLater<T>(value: Maybe<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** All of them, at once where all are there. */
export function all<T>(values: readonly Maybe<T>[]): Maybe<readonly T[]> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : values as readonly T[];
}
