/**
 * Finds modules of npm packages where no `node_modules` does: in Deno's cache.
 *
 * @module
 */

import type { ImportKind, OnResolveResult, PluginBuild, ResolveResult } from "esbuild";
import { isBuiltin } from "node:module";
import type { ModuleGraph, Package } from "./bundle_graph.ts";

/** Marks what esbuild shall resolve by itself. */
export const native: unique symbol = Symbol("native");

/** `preact/hooks` is the module `hooks` of `preact`. */
export function splitName(specifier: string): { name: string; path: string } {
  const [, name = specifier, path = ""] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(specifier) ?? [];
  return { name, path };
}

/** `npm:/preact@11.2.0/hooks` likewise. */
export function splitUrl(url: string): { name: string; path: string } {
  const [, name = "", path = ""] = /^npm:\/?((?:@[^/]+\/)?[^/@]+)(?:@[^/]*)?(?:\/(.*))?$/.exec(url) ?? [];
  return { name, path };
}

/** Whether a specifier is a module of Node or of a server's platform. */
export function isServers(specifier: string): boolean {
  return /^(node|cloudflare|bun|sqlite):/.test(specifier) || isBuiltin(specifier);
}

/** A module of a package, as its `package.json` says. */
export async function inPackage(
  build: PluginBuild,
  { folder, name }: Package,
  path: string,
  kind: ImportKind,
): Promise<OnResolveResult> {
  const { exports } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
  // A package with `exports` knows itself by its own name; another is a folder.
  const specifier = exports === undefined ? `./${path}` : path === "" ? name : `${name}/${path}`;
  const found = await build.resolve(specifier, { resolveDir: folder, kind, pluginData: native });
  if (found.errors.length > 0 || found.path.startsWith(`${folder}/`)) return asResult(found);
  return { errors: [{ text: `The package ${name} has no ${JSON.stringify(path)}.` }] };
}

/**
 * What a module of a package imports: `undefined` where esbuild finds it by itself, the name of a module of Node's where
 * that is what is needed.
 */
export async function fromPackage(
  build: PluginBuild,
  graph: ModuleGraph,
  given: { path: string; importer: string; resolveDir: string; kind: ImportKind; from: Package },
): Promise<OnResolveResult | { readonly needs: string } | undefined> {
  const { path, importer, resolveDir, kind, from } = given;
  // `browser` of its package.json may put something else in its place, or nothing.
  const own = await build.resolve(path, { importer, resolveDir, kind, pluginData: native });
  if (own.errors.length === 0 && !own.external) {
    if (own.namespace !== "file" || graph.packageOf(own.path) !== undefined) return asResult(own);
  }
  const { name, path: inside } = splitName(path);
  const dependency = from.dependencies.map((id) => graph.packages.get(id)).find((one) => one?.name === name);
  if (dependency !== undefined) return await inPackage(build, dependency, inside, kind);
  return isServers(path) ? { needs: path.startsWith("node:") ? path : `node:${path}` } : undefined;
}

function asResult(
  { path, namespace, sideEffects, suffix, errors, external }: ResolveResult,
): OnResolveResult {
  if (errors.length > 0) return { errors };
  return { path, namespace, sideEffects, suffix, external };
}
