/**
 * What changes with the files that an island is made of. A render asks for it, so that it is found without waiting.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

/** A file as it was read last. */
interface Seen {
  readonly time: number;
  readonly size: number;
  readonly hash: string;
}

/** Stamps of islands. */
export class Stamps {
  readonly #watches: boolean;
  readonly #inputs = new Map<string, readonly string[]>();
  readonly #seen = new Map<string, Seen>();
  readonly #stamps = new Map<string, string>();
  /** Files that were looked at in this task: a page may show an island a hundred times. */
  #looked: Set<string> | undefined;

  /** @param watches whether files change; else what an island was first is what it is */
  constructor(watches: boolean) {
    this.#watches = watches;
  }

  /** Takes down what files an island is made of, and says whether that is news. */
  learn(island: string, inputs: readonly string[]): boolean {
    const known = this.#inputs.get(island)?.join("\n");
    if (!this.#watches || known === inputs.join("\n")) return false;
    this.#inputs.set(island, inputs);
    return true;
  }

  /** The stamp of an island: ten hexadecimal digits. */
  of(island: string): string {
    const known = this.#watches ? undefined : this.#stamps.get(island);
    if (known !== undefined) return known;
    const inputs = this.#inputs.get(island) ?? (island.startsWith("file:") ? [fileURLToPath(island)] : []);
    const hash = createHash("sha256");
    // Not the path of a file: the same app lies elsewhere on another machine.
    if (inputs.length === 0) hash.update(island);
    for (const path of inputs) hash.update(this.#hashOf(path));
    const stamp = hash.digest("hex").slice(0, 10);
    if (!this.#watches) this.#stamps.set(island, stamp);
    return stamp;
  }

  /** The stamps of several as one text. */
  all(islands: readonly string[]): string {
    return islands.map((island) => this.of(island)).join(" ");
  }

  #hashOf(path: string): string {
    if (this.#looked === undefined) {
      this.#looked = new Set();
      queueMicrotask(() => this.#looked = undefined);
    }
    const seen = this.#seen.get(path);
    if (seen !== undefined && this.#looked.has(path)) return seen.hash;
    this.#looked.add(path);
    const now = look(path, seen) ?? seen;
    if (now !== undefined) this.#seen.set(path, now);
    return now?.hash ?? "";
  }
}

/** `undefined` for a file that is not there: it may just be written. */
function look(path: string, seen: Seen | undefined): Seen | undefined {
  try {
    const { mtime, size } = Deno.statSync(path), time = mtime?.getTime() ?? 0;
    if (seen?.time === time && seen.size === size) return seen;
    return { time, size, hash: createHash("sha256").update(Deno.readFileSync(path)).digest("hex") };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
