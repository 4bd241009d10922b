/**
 * Where a new app finds this package: at JSR, or in the work tree that makes it.
 *
 * @module
 */

import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What a new app's `deno.json` says of it. */
export interface PackageSource {
  /** The import: `jsr:@argyle/argyle@^0.1.0`. */
  readonly specifier: string;
  /** The folder of a work tree that stands for it, as seen from the app; `undefined` for what JSR has. */
  readonly link: string | undefined;
  /** What the app shares with it: two copies of Preact do not know each other's hooks. */
  readonly imports: Readonly<Record<string, string>>;
}

/** The parts of `deno.json` that are read. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly imports: Readonly<Record<string, string>>;
}

/**
 * Finds out by where this module itself has come from.
 *
 * @param manifest the package's
 * @param url of a module in a folder of the package's root
 * @param folder of the app, which need not be there yet
 */
export async function readSource(
  { name, version, imports }: Manifest,
  url: string,
  folder: string,
): Promise<PackageSource> {
  const specifier = `jsr:${name}@^${version}`;
  if (!url.startsWith("file:")) return { specifier, link: undefined, imports };
  const root = await Deno.realPath(fileURLToPath(new URL("../", url)));
  const path = relative(await realPath(resolve(folder)), root).replaceAll("\\", "/");
  // On another drive there is no relative path.
  return { specifier, link: /^([./]|[A-Za-z]:)/.test(path) ? path : `./${path}`, imports };
}

/** A path without links, also of what is not there yet. */
async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || dirname(path) === path) throw error;
    return resolve(await realPath(dirname(path)), relative(dirname(path), path));
  }
}
