// deno-lint-ignore-file no-console -- a program speaks to the terminal
/**
 * Bundles the islands of an app ahead of time: `deno run -A jsr:@argyle/argyle/build main.tsx`. What it writes is all that
 * an app needs to serve its islands: no process, no permission to write.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { Bundler } from "../islands/bundle.ts";
import { BundleError } from "../islands/bundle_error.ts";
import { projectOf } from "../islands/bundle_project.ts";
import type { Bundle } from "../islands/bundle_types.ts";
import { islandKey, type Manifest, MANIFEST_VERSION, type Size } from "../server/islands/manifest.ts";
import { checkInside, readBuild, writeBuild } from "./build_folder.ts";
import { buildTable } from "./build_table.ts";
import { findIslands } from "./find_islands.ts";
import { Refusal } from "./refusal.ts";

const help = `\
Bundles the islands of an app for browsers.

  deno run -A jsr:@argyle/argyle/build [MODULE…] [--out DIR] [--maps]

  MODULE    the app's main module, main.tsx if left out; more of them where
            islands are loaded by names that are made while the app runs
  --out     the folder for the bundles; _build beside the main module if left
            out, which is where an app looks for it
  --maps    writes source maps, too, into its folder maps/; no app serves them
  --help    this text

What the build before this one had, and this one has not, stays until the next:
pages that are open may still ask for it.
`;

/** What was asked for. */
interface Asked {
  readonly help: boolean;
  readonly maps: boolean;
  /** `file:` URLs. */
  readonly entries: readonly string[];
  /** A `file:` URL with a slash at its end. */
  readonly folder: URL;
}

/**
 * Does what the arguments say.
 *
 * @param args as on the command line: main modules, `--out`, `--maps`, `--help`
 * @returns what there is to tell: names and sizes
 * @throws Error with a sentence, where it cannot be done; then nothing was written
 *
 * @example
 * ```ts
 * import { build } from "@argyle/argyle/build";
 * console.assert((await build(["--help"])).includes("Bundles the islands"));
 * ```
 */
export async function build(args: string[]): Promise<string> {
  const { help: asked, maps, entries, folder } = readArguments(args);
  if (asked) return help;
  const [main = ""] = entries;
  const project = await projectOf(main);
  await checkInside(folder, project);
  const earlier = await readBuild(folder);
  const bundle = await bundleAll(entries, project, maps);
  const manifest = describe(bundle, { project, folder, earlier });
  await writeBuild(folder, { manifest, files: bundle.files, maps: bundle.maps }, earlier);
  return buildTable(manifest, fileURLToPath(folder), bundle.warnings);
}

function readArguments(args: string[]): Asked {
  const options = {
    out: { type: "string" },
    maps: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  try {
    const { values: { out, maps, help }, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (out?.trim() === "") throw new Refusal("Cannot use the folder of --out: it is empty.");
    const entries = (positionals.length > 0 ? positionals : ["main.tsx"])
      .map((path) => path.startsWith("file:") ? path : pathToFileURL(resolve(path)).href);
    const folder = out === undefined ? new URL("_build/", entries[0]) : pathToFileURL(`${resolve(out)}/`);
    return { help, maps, entries, folder };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Refusal(`Cannot read the arguments: ${error.message}`, { cause: error });
  }
}

async function bundleAll(entries: readonly string[], project: URL, maps: boolean): Promise<Bundle> {
  const bundler = new Bundler({ project, maps });
  try {
    const islands = await findIslands(entries, project);
    return islands.length === 0 ? nothing : await bundler.bundle(islands);
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw new Refusal(`${error.message}\nNothing was written.`, { cause: error });
  } finally {
    await bundler.close();
  }
}

/** An app without islands has a build, too: nobody has to think of it when the first one comes. */
const nothing: Bundle = {
  entries: new Map(),
  files: new Map(),
  maps: new Map(),
  inputs: new Map(),
  warnings: [],
};

function describe(
  { entries, files }: Bundle,
  { project, folder, earlier }: { project: URL; folder: URL; earlier: Manifest | undefined },
): Manifest {
  const sizes = Object.fromEntries(Array.from(files, ([name, code]) => [name, sizeOf(code)] as const));
  const islands = Object.fromEntries(
    Array.from(entries, ([island, name]) => [islandKey(island, project), name] as const)
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
  const hash = createHash("sha256").update(JSON.stringify(islands));
  for (const code of files.values()) hash.update(code);
  const build = hash.digest("hex").slice(0, 16);
  const way = "../".repeat(folder.pathname.split("/").length - project.pathname.split("/").length);
  // The same build again leaves what it found.
  const before = earlier?.build === build ? earlier.earlier : earlier?.files ?? {};
  const gone = Object.fromEntries(Object.entries(before).filter(([name]) => !files.has(name)));
  return { version: MANIFEST_VERSION, build, project: way, islands, files: sizes, earlier: gone };
}

function sizeOf(code: string): Size {
  const bytes = new TextEncoder().encode(code);
  return { bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

if (import.meta.main) {
  try {
    console.log((await build(Deno.args)).trimEnd());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    Deno.exitCode = 1;
  }
}
