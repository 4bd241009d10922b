/**
 * The project's imports as `deno info --json` sees them, types included.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { root, runDeno } from "./project.ts";

/** One import. Files of the project are paths from the root, anything else is a URL such as `npm:preact@11.2.0`. */
export interface Import {
  from: string;
  /** As written in the source. */
  specifier: string;
  to: string;
}

interface Info {
  modules: { specifier: string; error?: string; dependencies?: Dependency[] }[];
}

interface Dependency {
  specifier: string;
  code?: { specifier?: string; error?: string };
  type?: { specifier?: string; error?: string };
}

/** Every import in `files` and in what they import. Fails where one leads nowhere. */
export async function readImports(files: string[]): Promise<Import[]> {
  const info = await readInfo(files);
  const missing = info.modules.filter(({ error }) => error !== undefined)
    .map(({ specifier, error }) => `${fromRoot(specifier)}: ${error}`);
  if (missing.length > 0) throw new Error(`Cannot read the module graph:\n${missing.join("\n")}`);
  return info.modules
    .filter(({ specifier }) => specifier.startsWith(root.href))
    .flatMap(({ specifier, dependencies = [] }) =>
      dependencies.flatMap((dependency) => readTargets(fromRoot(specifier), dependency))
    );
}

// One module that imports all files, since `deno info` takes one.
async function readInfo(files: string[]): Promise<Info> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(entry, files.map((file) => `import "${new URL(file, root)}";\n`).join(""));
    const config = fileURLToPath(new URL("deno.json", root));
    const { success, stdout, stderr } = await runDeno([
      "info",
      "--json",
      "--no-lock",
      "--config",
      config,
      entry,
    ]);
    if (!success) throw new Error(`Cannot read the module graph: ${stderr}`);
    return JSON.parse(stdout);
  } finally {
    await Deno.remove(entry);
  }
}

function readTargets(from: string, { specifier, code, type }: Dependency): Import[] {
  const targets = new Set([code, type].map((target) => target?.specifier).filter((url) => url !== undefined));
  if (targets.size === 0) throw new Error(`Cannot read the module graph: ${from} imports "${specifier}".`);
  return Array.from(targets, (url) => ({ from, specifier, to: fromRoot(url) }));
}

function fromRoot(url: string): string {
  return url.startsWith(root.href) ? url.slice(root.href.length) : url;
}
