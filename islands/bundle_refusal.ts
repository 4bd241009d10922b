/**
 * What may not be in a browser's bundle, and how that is said.
 *
 * @module
 */

/** The loader of what may be bundled, by extension. */
const loaders = new Map(
  [
    ["ts", "ts"],
    ["mts", "ts"],
    ["cts", "ts"],
    ["tsx", "tsx"],
    ["js", "js"],
    ["mjs", "js"],
    ["cjs", "js"],
    ["jsx", "jsx"],
    ["json", "json"],
  ] as const,
);

/** How esbuild reads a module. */
export type Loader = "ts" | "tsx" | "js" | "jsx" | "json";

/** How a module is read, by the name that its URL ends with. */
export function loaderOf(url: string): Loader | undefined {
  const extension = /\.([a-z]+)$/i.exec(URL.parse(url)?.pathname ?? url)?.[1]?.toLowerCase();
  return loaders.get(extension as "ts");
}

/**
 * Why a file of the app may not be in a browser's bundle; `undefined` where it may.
 *
 * @param url the file
 * @param project the folder that it may belong to
 * @param loader how it is read; where left out, its name says so
 */
export function whyNotFile(url: string, project: URL, loader = loaderOf(url)): string | undefined {
  const name = decodeURIComponent(new URL(url).pathname.split("/").at(-1)!);
  if (/^\.env(\.|$)/.test(name)) return "what stands in an environment file is secret";
  if (/\.server\.[cm]?[jt]sx?$/.test(name)) return "its name says that it is the server's";
  if (loader === undefined) return "it is no code";
  if (loader === "json" && !isInIslands(url, project)) {
    return "data is bundled from a folder `islands` only, so that nobody sends settings to a browser by mistake";
  }
  return undefined;
}

function isInIslands(url: string, project: URL): boolean {
  if (!url.startsWith("file:")) return true; // a package's own, and public
  return url.startsWith(project.href) &&
    url.slice(project.href.length).split("/").slice(0, -1).includes("islands");
}

/** How a refusal is said: the way from the island to what may not come along, and what to do. */
export function refusal(chain: readonly string[], why: string): string {
  const [island = ""] = chain, last = chain.at(-1);
  return `Cannot bundle ${island}: ${last} cannot go to a browser, since ${why}.\n` +
    `    ${chain.join(" → ")}\n` +
    "    Import only its types (`import type`), or move what the island needs into a module of its own.";
}
