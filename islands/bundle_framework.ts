/**
 * Which of our own modules run in a browser.
 *
 * @module
 */

import type { ModuleGraph } from "./bundle_graph.ts";

/** What becomes of one of our modules that an island imports. */
export type Fate =
  /** It is bundled, or another of ours in its place. */
  | { readonly bundle: string }
  /** The page's import map has it. */
  | { readonly external: string }
  /** Preact has it. */
  | { readonly preact: string }
  | "server";

/** Our package's name. */
export const packageName = "@argyle/argyle";

/** What the import map of every live page of an app with islands gives. */
const external = new Map([
  ["client/mod.ts", `${packageName}/client`],
  ["client/stimulus.ts", `${packageName}/stimulus`],
  ["socksync/mod.ts", `${packageName}/socksync`],
]);

/** What runs on the server alone; `islands/bundle` does where there is no app at all. */
const server = ["mod.ts", "server/", "testing/", "cli/", "islands/server", "islands/bundle"];

/** Our modules, as the project has them: of a checkout, or from JSR. */
export class Framework {
  /** The folder of our `deno.json`. */
  readonly root: string;

  constructor(graph: ModuleGraph) {
    const found = graph.resolveHere(`${packageName}/islands`);
    // A project that names us otherwise has the copy that runs.
    this.root = found !== undefined && "url" in found
      ? new URL("../", found.url).href
      : new URL("../", import.meta.url).href;
  }

  /** What an island stands on in the browser. */
  get client(): string {
    return `${this.root}islands/client.ts`;
  }

  /** What becomes of a module; `undefined` where it is none of ours. */
  fateOf(url: string): Fate | undefined {
    if (!url.startsWith(this.root)) return undefined;
    const path = url.slice(this.root.length);
    if (/^islands\/server\.tsx?$/.test(path)) return { bundle: this.client };
    if (path === "server/page/jsx_runtime.ts") return { preact: "preact/jsx-runtime" };
    const name = external.get(path);
    if (name !== undefined) return { external: name };
    if (server.some((place) => path === place || (place !== "mod.ts" && path.startsWith(place)))) {
      return "server";
    }
    return undefined;
  }
}
