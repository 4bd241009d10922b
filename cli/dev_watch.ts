/**
 * Tells which files have changed.
 *
 * @module
 */

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
  readonly #watchers: Deno.FsWatcher[] = [];
  readonly #known = new Set<string>();
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

  /** Watches these as well. Folders that are not there are left out. */
  add({ flat, deep }: Watched): void {
    for (const [folders, recursive] of [[deep, true], [flat, false]] as const) {
      for (const folder of folders) {
        const name = `${recursive} ${folder}`;
        if (!this.#known.has(name) && this.#watch(folder, recursive)) this.#known.add(name);
      }
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  #watch(folder: string, recursive: boolean): boolean {
    try {
      const watcher = Deno.watchFs(folder, { recursive });
      this.#watchers.push(watcher);
      void this.#hear(watcher);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  async #hear(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (kind === "access" || kind === "other") continue;
      const changed = paths.filter(this.#matters);
      if (changed.length === 0) continue;
      for (const path of changed) this.#changed.add(path);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#tellChanged(), QUIET);
    }
  }

  #tellChanged(): void {
    const paths = [...this.#changed];
    this.#changed.clear();
    this.#tell(paths);
  }
}
