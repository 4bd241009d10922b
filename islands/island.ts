/**
 * What an island is, on both sides.
 *
 * @module
 */

/**
 * When an island comes to life: as soon as its page is there, when the browser has nothing else to do, when it is to be
 * seen, or when a media query in parentheses says so.
 *
 * @example
 * ```ts
 * import type { IslandMoment } from "@argyle/argyle/islands";
 * const wide: IslandMoment = "(min-width: 60rem)";
 * ```
 */
export type IslandMoment = "load" | "idle" | "visible" | `(${string})`;

/**
 * What can be said of an island.
 *
 * @example
 * ```ts
 * import type { IslandOptions } from "@argyle/argyle/islands";
 * const options: IslandOptions = { when: "visible" };
 * ```
 */
export interface IslandOptions {
  /** When it comes to life; `load` where left out. */
  readonly when?: IslandMoment;
  /**
   * Makes the signals among its props in the browser: `signal` of the library that it uses. Where left out, they can be
   * read there, and be watched by `subscribe`, and no component is drawn again because one has changed.
   */
  readonly signal?: (value: unknown) => { value: unknown };
}

/** What is known of an island. */
export interface IslandFacts {
  /** The URL of its module. */
  readonly module: string;
  readonly component: (props: never) => unknown;
  readonly when: IslandMoment;
  readonly signal: IslandOptions["signal"];
}

const facts = new WeakMap<object, IslandFacts>();

/** Notes that a component is an island. */
export function markIsland(component: object, its: IslandFacts): void {
  facts.set(component, its);
}

/** What is known of a component, if it is an island. */
export function islandOf(component: object): IslandFacts | undefined {
  return facts.get(component);
}

/** The name of a component, for sentences. */
export function nameOfComponent(component: unknown): string {
  const { displayName, name } = component as { displayName?: string; name?: string };
  return displayName || name || "Anonymous";
}
