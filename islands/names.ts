/**
 * What the modules of islands are called, before what tells one version from another.
 *
 * @module
 */

/** What a name does not keep: in a path of the browser the rest stands as it is. */
const strange = /[^A-Za-z0-9_-]+/g;

/** Names, each its own, in the order in which they are asked for. */
export class IslandNames {
  readonly #byIsland = new Map<string, string>();
  readonly #islands = new Map<string, string>();

  /** The name of an island: its file's, with a number where another has that. */
  of(island: string): string {
    const known = this.#byIsland.get(island);
    if (known !== undefined) return known;
    const file = decodeURIComponent(new URL(island).pathname.split("/").at(-1)!);
    const plain = file.replace(/\.[^.]*$/, "").replace(strange, "_").slice(0, 100) || "island";
    let name = plain;
    for (let count = 2; this.#islands.has(name); count += 1) name = `${plain}_${count}`;
    this.#byIsland.set(island, name);
    this.#islands.set(name, island);
    return name;
  }

  /** The island of a name. */
  islandOf(name: string): string | undefined {
    return this.#islands.get(name);
  }
}
