/**
 * Tells which files have changed.
 *
 * @module
 */

import { join, sep } from "node:path";

/** Milliseconds of quiet after which what has changed is told: editors write a file in several steps. */
const QUIET = 40;

/** What is watched. */
export interface Watched {
  /** Folders in which files lie that matter; not what is below them. */
  readonly flat: ReadonlySet<string>;
  /** Folders with all that is below them. */
  readonly deep: ReadonlySet<string>;
}

/** Watches folders, not files: an editor may write a new file and give it the name of the old. */
export class Watcher implements Disposable {
  readonly #matters: (path: string) => boolean;
  readonly #tell: (paths: readonly string[]) => void;
  /** By their folders. */
  readonly #flat = new Map<string, Deno.FsWatcher>();
  readonly #deep = new Map<string, Deno.FsWatcher>();
  readonly #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param matters whether it is told of a path: an app may write other files all the time
   * @param tell is told what has changed
   */
  constructor(matters: (path: string) => boolean, tell: (paths: readonly string[]) => void) {
    this.#matters = matters;
    this.#tell = tell;
  }

  /** Watches these as well. What is not there is left out. */
  add({ flat, deep }: Watched): void {
    for (const [folders, recursive] of [[deep, true], [flat, false]] as const) {
      // From above: a folder that comes meanwhile is seen by the watcher of the one that it is in.
      const all = [...folders].sort((a, b) => a.length - b.length);
      for (const folder of all) this.#watch(folder, recursive);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const watchers of [this.#flat, this.#deep]) {
      watchers.forEach((watcher) => watcher.close());
      watchers.clear();
    }
  }

  #watch(folder: string, recursive: boolean): void {
    const watchers = recursive ? this.#deep : this.#flat;
    if (watchers.has(folder)) return;
    try {
      const watcher = Deno.watchFs(folder, { recursive });
      watchers.set(folder, watcher);
      void this.#hear(watcher);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  // Whoever watches a folder that is moved or removed hears nothing of the next one of its name.
  #leave(path: string): void {
    for (const watchers of [this.#flat, this.#deep]) {
      for (const [folder, watcher] of watchers) {
        if (folder !== path && !folder.startsWith(join(path, sep))) continue;
        watchers.delete(folder);
        watcher.close();
      }
    }
  }

  async #hear(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (kind === "access" || kind === "other") continue;
      if (kind !== "modify") paths.forEach((path) => this.#leave(path));
      // A folder comes and goes; what is changed of it itself, its rights for one, is nothing.
      const changed = paths.filter((path) =>
        (kind !== "modify" || !this.#isWatched(path)) && this.#matters(path)
      );
      if (changed.length === 0) continue;
      for (const path of changed) this.#changed.add(path);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#tellChanged(), QUIET);
    }
  }

  #isWatched(path: string): boolean {
    return this.#flat.has(path) || this.#deep.has(path);
  }

  #tellChanged(): void {
    const paths = [...this.#changed];
    this.#changed.clear();
    this.#tell(paths);
  }
}
