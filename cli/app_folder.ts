/**
 * Fills the folder of a new app: with all of its files, or with none.
 *
 * @module
 */

import { dirname } from "node:path";
import { writeNewFiles } from "./new_files.ts";
import type { NewFile } from "./reflex_files.ts";
import { Refusal } from "./refusal.ts";

/** What one may have made before the app: it is in nobody's way. */
const harmless = [".git", ".DS_Store"];

/** What was written. */
export interface Filled {
  /** The names of the files. */
  readonly made: readonly string[];
  /** Those that were there before. */
  readonly over: readonly string[];
}

/**
 * What lies in a folder already: paths of files in it, as the names of new files are.
 *
 * @throws Refusal where it is no folder, or cannot be read
 */
export async function strangers(folder: string): Promise<string[]> {
  try {
    return await listed(folder, "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    const why = error instanceof Deno.errors.NotADirectory
      ? "it is a file."
      : error instanceof Error
      ? error.message
      : String(error);
    throw new Refusal(`Cannot make an app in ${folder}: ${why}`, { cause: error });
  }
}

/**
 * Writes the files. Those that are there are written over where that was asked for, and are put back where it fails.
 *
 * @throws Refusal where it cannot be done; then everything is as it was
 */
export async function fillFolder(folder: string, files: readonly NewFile[], force: boolean): Promise<Filled> {
  let before = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    if (force) before = await remember(folder, files);
    for (const { name } of files) await Deno.mkdir(dirname(`${folder}/${name}`), { recursive: true });
    for (const name of before.keys()) await Deno.remove(`${folder}/${name}`);
    await writeNewFiles(folder, files);
  } catch (error) {
    for (const [name, bytes] of before) await Deno.writeFile(`${folder}/${name}`, bytes);
    if (error instanceof Refusal) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(`Cannot make an app in ${folder}: ${why}`, { cause: error });
  }
  return { made: files.map(({ name }) => name), over: [...before.keys()] };
}

/** What lies where files are to be. A folder or a link there is nobody's to replace. */
async function remember(
  folder: string,
  files: readonly NewFile[],
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { name } of files) {
    const path = `${folder}/${name}`;
    try {
      const { isFile } = await Deno.lstat(path);
      if (!isFile) throw new Refusal(`Cannot write over ${path}: it is no file. Nothing was written.`);
      found.set(name, await Deno.readFile(path));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return found;
}

async function listed(folder: string, below: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (below === "" && harmless.includes(name)) continue;
    const path = `${below}${name}`;
    // What an app has is at most one folder deep; what is deeper is not its.
    if (isDirectory && below === "") found.push(`${path}/`, ...await listed(folder, `${path}/`));
    else found.push(path);
  }
  return found.sort();
}
