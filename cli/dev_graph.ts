/**
 * Which files the app is made of.
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

interface Info {
  readonly modules?: readonly { readonly specifier: string; readonly local?: string }[];
}

/**
 * The paths of the files that a module imports, itself among them; also of such as cannot be read or are not there.
 * Empty where Deno cannot tell.
 */
export async function readGraph(entry: string): Promise<Set<string>> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    stdin: "null",
    stdout: "piped",
    stderr: "null", // the process that runs the module says what is wrong with it
  });
  const { success, stdout } = await command.output();
  if (!success) return new Set();
  const { modules = [] } = JSON.parse(new TextDecoder().decode(stdout)) as Info;
  const files = modules.map(({ specifier }) => specifier).filter((specifier) =>
    specifier.startsWith("file:")
  );
  return new Set(files.map((href) => fileURLToPath(href)).filter((path) => !path.includes("/node_modules/")));
}

/** The folder of the project: that of the nearest `deno.json`, else that of the module. */
export async function findProject(entry: string): Promise<{ root: string; config: string | undefined }> {
  const start = dirname(resolve(entry));
  for (let folder = start;; folder = dirname(folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      if (await isFile(join(folder, name))) return { root: folder, config: join(folder, name) };
    }
    if (dirname(folder) === folder) return { root: start, config: undefined };
  }
}

/** Whether a path leads to a file. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
