/**
 * The work tree as the structural tests and the runner see it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** The folder of `deno.json`, with a slash at its end. */
export const root = new URL("../", import.meta.url);

/** The parts of `deno.json` that the tests read. */
export interface Manifest {
  exports: Record<string, string>;
  imports: Record<string, string>;
  compilerOptions: Record<string, unknown>;
  tasks: Record<string, { command: string }>;
}

/** Reads `deno.json`. */
export async function readManifest(): Promise<Manifest> {
  return JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
}

/** Paths below `folder`, relative to the root, of files whose name ends with one of `endings`; sorted. */
export async function listFiles(folder: string, endings: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readFolder(folder)) {
    const path = folder + entry.name;
    if (entry.isDirectory && !ignored(entry.name)) found.push(...await listFiles(`${path}/`, endings));
    if (entry.isFile && endings.some((ending) => path.endsWith(ending))) found.push(path);
  }
  return found.sort();
}

/** Runs this Deno in the root and collects what it prints, without colours. */
export async function runDeno(args: string[]): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd: fileURLToPath(root),
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return { success, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

async function readFolder(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(new URL(folder || ".", root)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function ignored(folder: string): boolean {
  return folder.startsWith(".") || folder === "node_modules" || folder === "cov";
}
