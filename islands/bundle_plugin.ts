/**
 * Has esbuild find modules as Deno does, and refuses what is the server's.
 *
 * @module
 */

import type { Metafile, OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Framework } from "./bundle_framework.ts";
import { type ModuleGraph, type Package, readGraph } from "./bundle_graph.ts";
import { fromPackage, inPackage, isServers, native, splitName, splitUrl } from "./bundle_npm.ts";
import { foundBy } from "./bundle_pattern.ts";
import { preactOf } from "./bundle_preact.ts";
import { shownIn } from "./bundle_project.ts";
import { type Loader, loaderOf, refusal, whyNotFile } from "./bundle_refusal.ts";
import { Trail } from "./bundle_trail.ts";

/** The generated module of an island; its path is the island as people read it. */
export const islandSpace = "argyle-island";

const servers = "it is Argyle's half of the server";

/** A module that comes from a server, read from Deno's cache. */
const remoteSpace = "argyle-remote";

/** Finds modules for the bundles of some islands. */
export class Finder {
  readonly #islands: readonly string[];
  readonly #project: URL;
  readonly #trail = new Trail();
  /** What has been refused in this bundling, and how it was said. */
  readonly #refused = new Map<string, string>();
  /** Modules of packages, as they were found. */
  readonly #packages = new Map<string, OnResolveResult>();
  #graph: Promise<ModuleGraph> | undefined;
  /** Whether the graph was read in this very bundling: to read it again would give the same. */
  #isFresh = false;

  constructor(islands: readonly string[], project: URL) {
    this.#islands = islands;
    this.#project = project;
  }

  /** As esbuild takes it. */
  get plugin(): Plugin {
    return {
      name: "argyle",
      setup: (build) => {
        build.onStart(() => {
          this.#trail.clear();
          this.#refused.clear();
          this.#isFresh = false;
        });
        build.onResolve({ filter: /.*/ }, (args) => this.#resolve(args, build));
        build.onLoad({ filter: /.*/, namespace: islandSpace }, ({ pluginData }) => this.#entry(pluginData));
        build.onLoad({ filter: /.*/, namespace: remoteSpace }, ({ path }) => this.#remote(path));
      },
    };
  }

  /** The graph as it was read last. */
  async graph(): Promise<ModuleGraph> {
    if (this.#graph === undefined) await this.#read();
    return await this.#graph!;
  }

  /**
   * What was bundled without anybody having been asked: modules that an import finds whose name is made while it runs.
   *
   * @returns sentences on what may not be there
   */
  async refused({ inputs }: Metafile): Promise<string[]> {
    const graph = await this.graph(), own = new Framework(graph), paths = Object.keys(inputs);
    const said = new Set<string>();
    for (const path of paths) {
      // What comes from elsewhere, stands in a URL, or was left out.
      if (/^([a-z-]+:|[<(])/.test(path)) continue;
      const url = this.#urlOf(path);
      if (graph.packageOf(fileURLToPath(url)) !== undefined) continue;
      const why = own.fateOf(url) === "server" ? servers : whyNotFile(url, this.#project);
      if (why === undefined) continue;
      const from = paths.find((from) => foundBy(from, inputs).includes(path));
      for (const { text } of this.#refuse(url, from && this.#urlOf(from), why).errors!) said.add(text!);
    }
    return [...said];
  }

  #urlOf(path: string): string {
    return pathToFileURL(`${fileURLToPath(this.#project)}${path}`).href;
  }

  async #read(): Promise<ModuleGraph> {
    this.#isFresh = true;
    this.#graph = this.#readAll();
    this.#graph.catch(() => this.#graph = undefined);
    return await this.#graph;
  }

  async #readAll(): Promise<ModuleGraph> {
    const client = new URL("client.ts", import.meta.url).href;
    const wanted = [...this.#islands, "@argyle/argyle/islands"];
    const graph = await readGraph([...wanted, client], this.#project);
    const own = new Framework(graph).client;
    return own === client ? graph : await readGraph([...wanted, own], this.#project);
  }

  async #resolve(args: OnResolveArgs, build: PluginBuild): Promise<OnResolveResult | undefined> {
    const { path, importer, namespace, kind, pluginData } = args;
    if (pluginData === native || path.startsWith("data:")) return undefined;
    if (kind === "entry-point") {
      return { path: shownIn(this.#project, path), namespace: islandSpace, pluginData: path };
    }
    if (args.with["type"] !== undefined && args.with["type"] !== "json") {
      const from = this.#keyOf(args);
      return this.#refuse(new URL(path, from).href, from, "a browser gets code, not the text of files");
    }
    const graph = await this.graph();
    const package_ = namespace === "file" ? graph.packageOf(importer) : undefined;
    if (package_ !== undefined) return await this.#resolveInPackage(args, build, graph, package_);
    return await this.#resolveOurs(args, build, graph);
  }

  async #resolveInPackage(
    args: OnResolveArgs,
    build: PluginBuild,
    graph: ModuleGraph,
    from: Package,
  ): Promise<OnResolveResult | undefined> {
    const { path, importer, resolveDir, kind } = args;
    const key = `npm:${from.name}`;
    const { name, path: inside } = splitName(path);
    if (name === "preact") return await this.#preact(inside, build, kind, graph);
    if (/\.(css|node|wasm)$/.test(path)) {
      return this.#refuse(key, undefined, `it needs ${path}, which is no code`);
    }
    if (/^\.{0,2}\//.test(path) || path === "." || path === "..") return undefined;
    const found = await fromPackage(build, graph, { path, importer, resolveDir, kind, from });
    if (found === undefined || !("needs" in found)) {
      if (found?.path !== undefined) this.#trail.note(`npm:${name}`, key);
      return found;
    }
    return this.#refuse(key, undefined, `it needs ${found.needs}, which no browser has`);
  }

  async #resolveOurs(
    { path, importer, namespace, kind }: OnResolveArgs,
    build: PluginBuild,
    graph: ModuleGraph,
  ): Promise<OnResolveResult | undefined> {
    const from = namespace === "file" ? pathToFileURL(importer).href : importer;
    if (isServers(path)) return this.#refuse(path, from, "no browser has it");
    if (splitName(path).name === "preact") {
      return await this.#preact(splitName(path).path, build, kind, graph);
    }
    if (namespace === islandSpace) return await this.#place(path, undefined, build, kind, graph);
    const resolve = () => graph.resolve(path, from) ?? fileAt(path, from);
    let found = resolve();
    if (found === undefined || "error" in found) {
      // Something has been written since it was read; another module may have found that out already.
      graph = await (this.#isFresh ? this.graph() : this.#read());
      found = resolve();
    }
    if (found === undefined) {
      return { errors: [{ text: `Cannot find ${JSON.stringify(path)}.` }] };
    }
    if ("error" in found) return { errors: [{ text: found.error }] };
    return await this.#place(found.url, from, build, kind, graph);
  }

  /** Puts a module into the bundle, or says why not. */
  async #place(
    url: string,
    from: string | undefined,
    build: PluginBuild,
    kind: OnResolveArgs["kind"],
    graph: ModuleGraph,
  ): Promise<OnResolveResult | undefined> {
    if (url.startsWith("npm:")) {
      const { name, path } = splitUrl(url);
      if (name === "preact") return await this.#preact(path, build, kind, graph);
      const id = graph.modules.get(url)?.package, found = graph.packages.get(id ?? "");
      if (found === undefined) return { errors: [{ text: `The package ${name} is not there.` }] };
      this.#trail.note(`npm:${name}`, from);
      return await this.#packaged(found, path, build, kind);
    }
    if (isServers(url)) return this.#refuse(url, from, "no browser has it");
    const fate = new Framework(graph).fateOf(url);
    if (fate === "server") return this.#refuse(url, from, servers);
    if (fate !== undefined && "external" in fate) return { path: fate.external, external: true };
    if (fate !== undefined && "preact" in fate) {
      return await this.#preact(splitName(fate.preact).path, build, kind, graph);
    }
    if (fate !== undefined) url = fate.bundle;
    const why = whyNotFile(url, this.#project, this.#loaderOf(url, graph));
    if (why !== undefined) return this.#refuse(url, from, why);
    this.#trail.note(url, from);
    const error = graph.modules.get(url)?.error;
    if (error !== undefined && !url.startsWith("file:")) return { errors: [{ text: error }] };
    return url.startsWith("file:") ? { path: fileURLToPath(url) } : { path: url, namespace: remoteSpace };
  }

  async #preact(
    path: string,
    build: PluginBuild,
    kind: OnResolveArgs["kind"],
    graph: ModuleGraph,
  ): Promise<OnResolveResult> {
    return await this.#packaged(preactOf(graph, this.#client(graph)), path, build, kind);
  }

  /** A module of a package: what lies in one does not change. */
  async #packaged(
    from: Package,
    path: string,
    build: PluginBuild,
    kind: OnResolveArgs["kind"],
  ): Promise<OnResolveResult> {
    const key = `${from.folder} ${path} ${kind}`, known = this.#packages.get(key);
    if (known !== undefined) return known;
    const found = await inPackage(build, from, path, kind);
    if (found.errors === undefined) this.#packages.set(key, found);
    return found;
  }

  #refuse(what: string, from: string | undefined, why: string): OnResolveResult {
    // A package that needs many modules of Node is told of once.
    const said = this.#refused.get(what);
    if (said !== undefined) return { errors: [{ text: said }] };
    this.#trail.note(what, from);
    const chain = this.#trail.to(what).map((url) => shownIn(this.#project, url));
    const text = refusal(chain, why);
    this.#refused.set(what, text);
    return { errors: [{ text }] };
  }

  #keyOf({ importer, namespace }: OnResolveArgs): string {
    return namespace === "file" ? pathToFileURL(importer).href : importer;
  }

  #client(graph: ModuleGraph): string {
    return new Framework(graph).client;
  }

  async #entry(island: string): Promise<OnLoadResult> {
    const client = this.#client(await this.graph());
    const contents = `import { mounter } from ${JSON.stringify(client)};\n` +
      `import island from ${JSON.stringify(island)};\n` +
      "export const mount = mounter(island);\n";
    return { contents, loader: "js", resolveDir: fileURLToPath(this.#project) };
  }

  async #remote(url: string): Promise<OnLoadResult> {
    const graph = await this.graph(), { local } = graph.modules.get(url) ?? {};
    if (local === undefined) return { errors: [{ text: `${url} is not in Deno's cache.` }] };
    // Deno notes at the end of a file what was said with it.
    const contents = (await Deno.readTextFile(local)).replace(/\n\/\/ denoCacheMetadata=.*$/, "");
    return { contents, loader: this.#loaderOf(url, graph) ?? "js" };
  }

  /** How a module is read: of one that comes from a server, that says it. */
  #loaderOf(url: string, graph: ModuleGraph): Loader | undefined {
    const said = url.startsWith("file:") ? undefined : graph.modules.get(url)?.mediaType;
    return byMedia.get(said ?? "") ?? loaderOf(url);
  }
}

/** A file beside a module, which may be newer than the graph. */
function fileAt(path: string, from: string): { readonly url: string } | undefined {
  const url = /^(\.{0,2}\/|[a-z]+:\/\/)/.test(path) ? new URL(path, from).href : "";
  return url.startsWith("file:") ? { url } : undefined;
}

/** What a server said of a module, in Deno's words. */
const byMedia = new Map<string, Loader>([
  ["TypeScript", "ts"],
  ["Mts", "ts"],
  ["Cts", "ts"],
  ["TSX", "tsx"],
  ["JavaScript", "js"],
  ["Mjs", "js"],
  ["Cjs", "js"],
  ["JSX", "jsx"],
  ["Json", "json"],
]);
