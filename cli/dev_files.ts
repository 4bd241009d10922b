/**
 * Which files matter to an app that is being developed, and what a change of each means.
 *
 * @module
 */

import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Watched } from "./dev_watch.ts";

/** What is to be done about a file that has changed. */
export type Change = { readonly kind: "restart" } | Swap;

/** What a page takes anew, from a path below the origin. */
export interface Swap {
  readonly kind: "css" | "image";
  readonly path: string;
}

/** What tools and the app itself write, below the project. */
const IGNORED = /(^|[\\/])(node_modules|_build|\.[^\\/]*)([\\/]|$)/;
const IMAGE = /\.(png|jpe?g|gif|webp|avif|svg|ico)$/i;

/** The files of an app. They become known while it starts. */
export class AppFiles {
  readonly #root: string;
  /** Files whose change needs a new process. */
  readonly #sources = new Set<string>();
  /** Folders of files by the paths at which they are served. */
  readonly #folders = new Map<string, string>();
  /** Folders in which all of that lies: one that comes or goes does so with what is in it. */
  readonly #above = new Set<string>();

  /**
   * @param root the folder of the project
   * @param sources files that matter whatever the app imports: its settings
   */
  constructor(root: string, sources: readonly string[]) {
    this.#root = root;
    this.addSources(sources);
  }

  /** Files that the app is made of. What it was made of stays: a file with a fault hides what it imports. */
  addSources(paths: Iterable<string>): void {
    for (const path of paths) {
      this.#sources.add(path);
      this.#noteAbove(dirname(path));
    }
  }

  /** A folder whose files are served at a path. */
  addFolder(path: string, folder: string): void {
    const name = resolve(folder.startsWith("file:") ? fileURLToPath(folder) : folder);
    this.#folders.set(name, path);
    this.#noteAbove(name);
  }

  /** What is to be watched. */
  watched(): Watched {
    return {
      flat: this.#above,
      deep: new Set(this.#folders.keys()),
    };
  }

  /** What the change of a file means; nothing for most. */
  changeOf(path: string): Change | undefined {
    if (this.#sources.has(path) || this.#above.has(path)) return { kind: "restart" };
    if (IGNORED.test(relative(this.#root, path))) return undefined;
    const kind = path.endsWith(".css") ? "css" : IMAGE.test(path) ? "image" : undefined;
    if (kind === undefined) return undefined;
    for (const [folder, at] of this.#folders) {
      if (path.startsWith(join(folder, sep))) {
        return { kind, path: encodeURI(`${at}/${relative(folder, path).replaceAll("\\", "/")}`) };
      }
    }
    return undefined;
  }

  #noteAbove(folder: string): void {
    this.#above.add(folder);
    // What is above the project, or beside it, is others'.
    while (folder.startsWith(join(this.#root, sep))) this.#above.add(folder = dirname(folder));
  }

  /** The sources that were written after a moment. */
  async writtenSince(time: number): Promise<string[]> {
    const now = Date.now();
    const all = await Promise.all(
      [...this.#sources].map(async (path) => ({ path, at: await writtenAt(path) })),
    );
    // What is dated ahead was not written now: its clock is another one.
    return all.filter(({ at }) => at > time && at <= now).map(({ path }) => path);
  }

  /** A path as people read it. */
  nameOf(path: string): string {
    return relative(this.#root, path) || path;
  }
}

async function writtenAt(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return 0;
    throw error;
  }
}
