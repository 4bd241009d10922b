/**
 * Finds out where an app has its islands from.
 *
 * @module
 */

import type { Logger } from "../observe.ts";
import { pathToFileURL } from "node:url";
import type { IslandPlace } from "../../islands/placing.ts";
import { BuiltIslands } from "./built.ts";
import { FreshIslands } from "./fresh.ts";
import { GivenIslands } from "./given.ts";
import type { Islands } from "./islands.ts";
import { MANIFEST } from "./manifest.ts";

/**
 * How an app has its islands.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { IslandBuildOptions } from "@argyle/argyle/types";
 * const islands: IslandBuildOptions = { build: new URL("./public/islands/", import.meta.url) };
 * const make = () => new App({ islands }); // it has to be there
 * ```
 */
export interface IslandBuildOptions {
  /**
   * The folder that a build has been written to: a `file:` URL, or a path. Where left out, it is `_build/` beside the main
   * module, if that has one; without, and while developing, islands are bundled when they are asked for.
   */
  readonly build?: URL | string;
}

/** Where the build is when nobody says it. */
const BUILD = "_build/";

/**
 * The islands of an app.
 *
 * @param options where they are
 * @throws TypeError where the build is none, or the one that was named is missing
 */
export function openIslands(
  options: IslandBuildOptions | IslandPlace,
  { development, log }: { readonly development: boolean; readonly log: Logger },
): Islands {
  if ("moduleOf" in options) return new GivenIslands(options);
  const { build } = options;
  // While developing, what was built some day is not what is in the files.
  if (development) return new FreshIslands({ development, log });
  const folder = build === undefined ? usualFolder() : asFolder(build);
  if (folder === undefined) return new FreshIslands({ development, log });
  try {
    return new BuiltIslands(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (build === undefined) return new FreshIslands({ development, log });
    const where = decodeURIComponent(folder.pathname);
    throw new TypeError(`Cannot find a build of islands in ${where}: build it, or leave the option out.`, {
      cause: error,
    });
  }
}

// Who may not read it has none; nobody at a terminal is asked for a permission because of this.
function usualFolder(): URL | undefined {
  const main = Deno.mainModule;
  if (!main.startsWith("file:")) return undefined;
  const folder = new URL(BUILD, main);
  const path = new URL(MANIFEST, folder);
  return Deno.permissions.querySync({ name: "read", path }).state === "granted" ? folder : undefined;
}

function asFolder(build: URL | string): URL {
  if (build instanceof URL && build.protocol !== "file:") {
    throw new TypeError(
      `Cannot read the build of islands from ${build.href}: it is a folder of this machine.`,
    );
  }
  const { href } = build instanceof URL ? build : pathToFileURL(build);
  return new URL(href.endsWith("/") ? href : `${href}/`);
}
