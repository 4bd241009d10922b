/**
 * Which modules are islands, and where a browser finds each of them. A render is synchronous, so that what it runs in is a
 * variable of this module.
 *
 * @module
 */

/**
 * Where the browser finds the modules of islands: `/_argyle/islands/NAME.js`, below the app's base.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { IslandPlace } from "@argyle/argyle/types";
 * const built: Record<string, string> = { "file:///app/chart_island.tsx": "chart-1a2b3c" };
 * const islands: IslandPlace = {
 *   moduleOf(file) {
 *     const name = built[file];
 *     if (name === undefined) throw new TypeError(`Cannot find the island ${file}: build again.`);
 *     return name;
 *   },
 * };
 * const app = new App({ islands });
 * ```
 */
export interface IslandPlace {
  /**
   * The name of an island's module as it is served, without `.js`.
   *
   * @param file the `file:` URL of the module
   * @throws TypeError where there is none
   */
  moduleOf(file: string): string;
}

const files = new Set<string>();

let place: IslandPlace | undefined;

/**
 * Takes down that a module is an island.
 *
 * @param file the URL of the module
 * @throws TypeError where it is one already
 */
export function register(file: string): void {
  if (files.has(file)) {
    throw new TypeError(
      `Cannot make two islands of ${file}: an island is the default export of its own module.`,
    );
  }
  files.add(file);
}

/** The modules that are islands, in the order in which they were loaded. */
export function registered(): readonly string[] {
  return [...files];
}

/** Renders with a place where islands are found. */
export function placed<T>(its: IslandPlace, render: () => T): T {
  const outer = place;
  place = its;
  try {
    return render();
  } finally {
    place = outer;
  }
}

/** The place of the render that runs. */
export function currentPlace(): IslandPlace | undefined {
  return place;
}
