/**
 * What the bundler gives: for those who load it only when they need it.
 *
 * @module
 */

/** Where the reason stands in a source. */
export interface BundlePlace {
  /** The file, from the project's folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The line itself. */
  readonly lineText: string;
}

/** One thing that is wrong. */
export interface BundleProblem {
  /** What, in sentences. */
  readonly text: string;
  readonly place?: BundlePlace;
}

/** How to bundle. */
export interface BundlerOptions {
  /** The folder of the project's `deno.json`, with a slash at its end. */
  readonly project: URL;
  /** Readable code, with its maps in it, instead of small code without. */
  readonly development?: boolean;
  /** Whether there are maps beside small code, which nothing in it names. */
  readonly maps?: boolean;
}

/** Bundles of all islands of an app. */
export interface Bundle {
  /** The file of each island, by the island's URL. */
  readonly entries: ReadonlyMap<string, string>;
  /** Files by name: those of islands, and what they share. */
  readonly files: ReadonlyMap<string, string>;
  /** Maps by name. */
  readonly maps: ReadonlyMap<string, string>;
  /** The paths of what an island is made of, but for packages. */
  readonly inputs: ReadonlyMap<string, readonly string[]>;
  /** What is strange, and not wrong. */
  readonly warnings: readonly string[];
}

/** Bundles the islands of an app. */
export interface Bundles {
  /**
   * Bundles. What has not changed since the last time is not read again.
   *
   * @param islands URLs of their modules
   * @throws BundleError with all that is wrong
   */
  bundle(islands: readonly string[]): Promise<Bundle>;
  /** Lets go of esbuild. */
  close(): Promise<void>;
}

/** How a bundler is made. */
export type MakeBundles = new (options: BundlerOptions) => Bundles;
