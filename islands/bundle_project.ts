/**
 * The project that a module belongs to.
 *
 * @module
 */

import { pathToFileURL } from "node:url";

/** What Deno takes for the configuration of a project. */
const configurations = ["deno.json", "deno.jsonc"];

/**
 * The folder with the `deno.json` that counts for a module: the nearest one above it; its own folder where there is none.
 *
 * @param module a `file:` URL
 * @returns a `file:` URL with a slash at its end
 */
export async function projectOf(module: string): Promise<URL> {
  const own = new URL("./", module);
  for (let folder = own;; folder = new URL("../", folder)) {
    for (const name of configurations) {
      if (await exists(new URL(name, folder))) return folder;
    }
    if (folder.pathname === "/" || folder.href === new URL("../", folder).href) return own;
  }
}

/**
 * The project of a program: its main module's, or where that is a program of its own, a test for one, the first island's.
 *
 * @param modules the main module, and islands
 */
export async function projectOfAll([main = "", ...islands]: readonly string[]): Promise<URL> {
  const here = islands.filter((island) => island.startsWith("file:"));
  if (main.startsWith("file:")) {
    const project = await projectOf(main);
    if (here.length === 0 || here.some((island) => island.startsWith(project.href))) return project;
  }
  const [first] = here;
  return first === undefined ? pathToFileURL(`${Deno.cwd()}/`) : await projectOf(first);
}

async function exists(file: URL): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A URL as people read it: from the project's folder where it is below it. */
export function shownIn(project: URL, url: string): string {
  if (url.startsWith(project.href)) return decodeURIComponent(url.slice(project.href.length));
  return url.startsWith("file:") ? decodeURIComponent(new URL(url).pathname) : url;
}
