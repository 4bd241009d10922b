/**
 * Finds the islands of an app without running it.
 *
 * @module
 */

import { Framework, packageName } from "../islands/bundle_framework.ts";
import { type Module, type ModuleGraph, readGraph } from "../islands/bundle_graph.ts";
import { Refusal } from "./refusal.ts";

/** As the default export of an island begins. */
const made = /\bisland\s*(?:<[^]*?>)?\s*\(\s*import\.meta\.url\b/;

/**
 * The islands that some modules lead to: whatever imports `island`, and calls it for itself.
 *
 * @param entries `file:` URLs
 * @param project the folder of their `deno.json`
 * @returns URLs, sorted
 * @throws Refusal where a module cannot be had
 */
export async function findIslands(entries: readonly string[], project: URL): Promise<string[]> {
  const graph = await readGraph([...entries, `${packageName}/islands`], project);
  for (const entry of entries) {
    const { error } = graph.modules.get(entry) ?? { error: "it is no module." };
    if (error !== undefined) throw unread(entry, error);
  }
  for (const module of graph.modules.values()) checkImports(module, graph);
  const marker = graph.resolveHere(`${packageName}/islands`);
  if (marker === undefined || "error" in marker) return [];
  const own = new Framework(graph);
  const found: string[] = [];
  for (const module of graph.modules.values()) {
    if (own.fateOf(module.url) !== undefined || !imports(module, marker.url, graph)) continue;
    if (made.test(await Deno.readTextFile(module.local!))) found.push(module.url);
  }
  return found.sort();
}

// What cannot be read may be an island: a build without it would say that all is well. An app may try to load later what
// is not there.
function checkImports({ imports, later }: Module, graph: ModuleGraph): void {
  for (const [specifier, found] of imports) {
    const { url, error = "" } = ("url" in found && graph.modules.get(graph.final(found.url))) || { url: "" };
    const isMissing = error.startsWith("Module not found") && !later.has(specifier);
    if (isMissing || error.startsWith("SyntaxError")) throw unread(url, error);
  }
}

function unread(url: string, error: string): Refusal {
  return new Refusal(`Cannot read ${decodeURIComponent(new URL(url).pathname)}: ${error}`);
}

function imports(module: Module, url: string, graph: ModuleGraph): boolean {
  if (module.local === undefined) return false;
  return [...module.imports.values()].some((found) => "url" in found && graph.final(found.url) === url);
}
