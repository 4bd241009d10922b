/**
 * Which part may import which: the design's table, and the check that holds imports against it.
 *
 * @module
 */

import type { Import } from "./graph.ts";

interface Part {
  /** Other parts of ours. */
  ours: string[];
  /** Packages and built-in modules; any unless listed. */
  foreign?: string[];
}

const parts: Record<string, Part> = {
  "protocol": { ours: [], foreign: [] },
  "socksync": { ours: ["protocol"], foreign: [] },
  "client": { ours: ["protocol", "socksync"], foreign: [] },
  "islands": { ours: ["protocol"], foreign: ["npm:preact", "npm:devalue", "npm:esbuild"] },
  "server": { ours: ["protocol", "socksync", "islands"] },
  "testing": { ours: ["server", "client", "protocol", "socksync"] },
  "cli": { ours: ["server", "islands", "protocol", "deno.json"] },
  "mod.ts": { ours: ["server", "islands", "protocol"] },
  "types.ts": { ours: ["server", "islands", "protocol"] },
};

/** Files that may import a package which the rest of their part may not: each is an entry of its own. */
const packages: Record<string, string[]> = {
  "islands/bundle.ts": ["npm:esbuild", "node:url"],
  "islands/bundle_hash.ts": ["node:crypto"],
  "islands/bundle_npm.ts": ["npm:esbuild", "node:module"],
  "islands/bundle_pattern.ts": ["npm:esbuild", "node:path"],
  "islands/bundle_project.ts": ["node:url"],
  "islands/bundle_plugin.ts": ["npm:esbuild", "node:url"],
  "client/dev_source.ts": ["npm:@jridgewell/trace-mapping"],
  "client/preact.ts": ["npm:preact"],
  "client/signals.ts": ["npm:@preact/signals-core"],
};

/** What is no part of the package, and may import anything. */
const outside = ["tests", "bench"];

/** Inside `server/`, a file imports its own folder and lower levels. */
const levels: Record<string, number> = {
  "mod.ts": 8,
  "app.ts": 7,
  "compose.ts": 6,
  "options.ts": 5,
  "isolate.ts": 5,
  "door": 5,
  "reflex": 4,
  "sync": 4,
  "events": 4,
  "operations": 3,
  "page": 2,
  "socket": 2,
  "islands": 2,
  // Every other folder is 1, and so is every other file that lies directly in server/.
  "observe.ts": 0,
  "environment.ts": 0,
};

/** Folders of one level that know each other all the same. */
const neighbours: Record<string, string[]> = {
  "session": ["http", "seal", "engine"],
  "bus": ["http", "engine"],
};

/** The three sides of an island never meet; what they share is in other files. */
const sides = ["islands/server", "islands/client", "islands/bundle"];

const packageName = "@argyle/argyle";

/** Sentences about the imports that the tables forbid. */
export function violations(imports: Import[]): string[] {
  return imports.filter((edge) => !allowed(edge))
    .map(({ from, specifier, to }) => `${from} may not import "${specifier}" (${to}).`);
}

function allowed(edge: Import): boolean {
  const { from, to, specifier } = edge;
  const part = top(from);
  if (outside.includes(part)) return true;
  // Every .tsx file imports it unasked: deno.json names it as the source of JSX.
  if (specifier === `${packageName}/jsx-runtime` && from.endsWith(".tsx")) return true;
  if (part === "examples") return allowedInExample(edge);

  const rule = parts[part];
  if (rule === undefined) return false;
  if (isForeign(to)) return (packages[from] ?? rule.foreign)?.includes(withoutVersion(to)) ?? true;
  if (top(to) !== part) return rule.ours.includes(top(to));
  if (part === "server") return allowedInServer(inServer(from), inServer(to));
  if (part === "islands") return allowedInIslands(from, to);
  return true;
}

/** By the package's name, as a user would; its own folder by relative paths. */
function allowedInExample({ from, to, specifier }: Import): boolean {
  if (isForeign(to)) return true;
  const ownFolder = from.split("/").slice(0, -1).slice(0, 2).join("/");
  if (to.startsWith(`${ownFolder}/`)) return true;
  return specifier === packageName || specifier.startsWith(`${packageName}/`);
}

function allowedInServer(from: string, to: string): boolean {
  if (from === to || level(to) < level(from)) return true;
  return neighbours[from]?.includes(to) ?? false;
}

function allowedInIslands(from: string, to: string): boolean {
  const [one, other] = [from, to].map((path) => sides.find((side) => path.startsWith(`${side}.`)));
  return one === undefined || other === undefined || one === other;
}

function level(unit: string): number {
  return levels[unit] ?? 1;
}

/** The folder below `server/`, or the file that lies there itself. */
function inServer(path: string): string {
  return path.split("/")[1] ?? "";
}

function top(path: string): string {
  return path.split("/")[0] ?? "";
}

function isForeign(to: string): boolean {
  return /^[a-z]+:/.test(to);
}

/** `npm:preact@11.2.0/hooks` is `npm:preact`. */
function withoutVersion(url: string): string {
  return url.replace(/^(npm:\/?(?:@[^/]+\/)?[^/@]+).*/, "$1").replace("npm:/", "npm:");
}
