/**
 * Bundles islands for browsers. It runs when an app is built, or developed; an app that is built never loads it, nor
 * esbuild.
 *
 * @module
 */

import * as esbuild from "esbuild";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BundleError } from "./bundle_error.ts";
import type { Bundle, BundlerOptions, Bundles } from "./bundle_types.ts";
import { nameByContent } from "./bundle_hash.ts";
import { IslandNames } from "./names.ts";
import { foundBy } from "./bundle_pattern.ts";
import { Finder, islandSpace } from "./bundle_plugin.ts";
import { shownIn } from "./bundle_project.ts";

/** How many bundlers there are: esbuild's process ends with the last. */
let running = 0;

/** Bundles the islands of an app, again and again. */
export class Bundler implements Bundles {
  readonly #options: BundlerOptions;
  readonly #names = new IslandNames();
  #context: Promise<esbuild.BuildContext> | undefined;
  #finder: Finder | undefined;
  #islands = "";
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: BundlerOptions) {
    this.#options = options;
    running += 1;
  }

  bundle(islands: readonly string[]): Promise<Bundle> {
    const turn = this.#turn.then(() => this.#bundle(islands));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#forget();
    running -= 1;
    if (running === 0) await esbuild.stop();
  }

  async #bundle(islands: readonly string[]): Promise<Bundle> {
    if (this.#islands !== islands.join("\n")) await this.#forget();
    this.#islands = islands.join("\n");
    try {
      if (this.#context === undefined) {
        this.#context = this.#open(islands);
        this.#context.catch(() => this.#context = undefined); // the next time it may start
      }
      const result = await (await this.#context).rebuild();
      return await this.#read(islands, result as Result);
    } catch (error) {
      if (isFailure(error)) throw BundleError.of(error.errors, error);
      throw error;
    }
  }

  async #forget(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    await (await context)?.dispose();
  }

  #open(islands: readonly string[]): Promise<esbuild.BuildContext> {
    const { project, development = false, maps = false } = this.#options;
    this.#finder = new Finder(islands, project);
    return esbuild.context({
      entryPoints: islands.map((island) => ({ in: island, out: this.#names.of(island) })),
      plugins: [this.#finder.plugin],
      absWorkingDir: fileURLToPath(project),
      outdir: outFolder,
      entryNames: "[name]-[hash]",
      chunkNames: "chunk-[hash]",
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      charset: "utf8",
      // The app's own setting writes templates for the server; a browser needs elements.
      jsx: "automatic",
      jsxImportSource: "preact",
      tsconfigRaw: "{}",
      preserveSymlinks: true,
      minify: !development,
      legalComments: "none",
      sourcemap: development ? "linked" : maps ? "external" : false,
      define: { "process.env.NODE_ENV": JSON.stringify(development ? "development" : "production") },
      logLevel: "silent",
    });
  }

  async #read(islands: readonly string[], { outputFiles, metafile, warnings }: Result): Promise<Bundle> {
    const { project, development = false } = this.#options;
    const refused = await this.#finder!.refused(metafile);
    if (refused.length > 0) throw new BundleError(refused.map((text) => ({ text })));
    const shown = new Map(islands.map((island) => [shownIn(project, island), island]));
    const graph = await this.#finder!.graph();
    const entries = new Map<string, string>(), inputs = new Map<string, string[]>();
    for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
      const island = shown.get(entryPoint?.slice(islandSpace.length + 1) ?? "");
      if (island === undefined || !entryPoint?.startsWith(islandSpace)) continue;
      entries.set(island, path.slice(outFolder.length + 1));
      const all = inputsOf(entryPoint, metafile, project);
      inputs.set(island, all.filter((file) => graph.packageOf(file) === undefined));
    }
    const all = outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf("/") + 1), text] as const)
      .sort(([a], [b]) => a < b ? -1 : 1);
    const bundle = {
      entries,
      inputs,
      files: new Map(all.filter(([name]) => name.endsWith(".js"))),
      maps: new Map(all.filter(([name]) => name.endsWith(".map"))),
      warnings: warnings.map((warning) => BundleError.of([warning]).message),
    };
    return development ? bundle : nameByContent(bundle);
  }
}

/** Nothing is ever written there: esbuild wants to know how files lie to each other. */
const outFolder = "_argyle_islands";

type Result = esbuild.BuildResult<{ write: false; metafile: true }>;

function isFailure(error: unknown): error is esbuild.BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<esbuild.BuildFailure>).errors);
}

/** Files that an island is made of. */
function inputsOf(entry: string, { inputs }: esbuild.Metafile, project: URL): string[] {
  const found = new Set<string>([entry]);
  for (const path of found) {
    for (const { path: next, external } of inputs[path]?.imports ?? []) if (!external) found.add(next);
    for (const next of foundBy(path, inputs)) found.add(next);
  }
  return [...found].filter((path) => !/^[a-z-]+:/.test(path))
    .map((path) => fileURLToPath(pathToFileURL(`${fileURLToPath(project)}${path}`)));
}
