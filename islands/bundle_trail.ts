/**
 * Which module was imported by which, so that a refusal can say how something came in.
 *
 * @module
 */

/** The ways from islands to modules, within one bundling. */
export class Trail {
  readonly #importers = new Map<string, string>();

  /** Takes down an import. The first way to a module is the one that is told. */
  note(url: string, importer: string | undefined): void {
    if (importer !== undefined && importer !== url && !this.#importers.has(url)) {
      this.#importers.set(url, importer);
    }
  }

  /** The modules from the island to this one. */
  to(url: string): string[] {
    const way = [url];
    for (let at = this.#importers.get(url); at !== undefined; at = this.#importers.get(at)) {
      if (way.includes(at)) break; // two modules that import each other
      way.unshift(at);
    }
    return way;
  }

  /** Everything is asked again. */
  clear(): void {
    this.#importers.clear();
  }
}
