/**
 * Writes files that are not there yet: all of them, or none.
 *
 * @module
 */

import type { NewFile } from "./reflex_files.ts";
import { Refusal } from "./refusal.ts";

/**
 * Writes files into a folder, which is made where it is missing. What is there already is never written over.
 *
 * @returns their paths
 * @throws Refusal where one of them exists, or cannot be written; then none has been made
 */
export async function writeNewFiles(folder: string, files: readonly NewFile[]): Promise<string[]> {
  const paths = files.map(({ name }) => folder === "." ? name : `${folder}/${name}`);
  const there = await existing(paths);
  if (there.length > 0) {
    throw new Refusal(`Cannot write ${there.join(", ")}: there already. Nothing was written.`);
  }

  const made: string[] = [];
  try {
    await Deno.mkdir(folder, { recursive: true });
    for (const [index, path] of paths.entries()) {
      // Somebody may have been quicker since we looked: the file system decides.
      using file = await Deno.open(path, { write: true, createNew: true });
      made.push(path);
      await writeAll(file, files[index]!.text);
    }
  } catch (error) {
    for (const path of made) await Deno.remove(path);
    throw refusal(paths[made.length] ?? folder, error);
  }
  return paths;
}

/** A link that leads nowhere is there too. */
async function existing(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    try {
      await Deno.lstat(path);
      found.push(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw refusal(path, error);
    }
  }
  return found;
}

async function writeAll(file: Deno.FsFile, text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}

function refusal(path: string, error: unknown): Refusal {
  const why = error instanceof Error ? error.message : String(error);
  return new Refusal(`Cannot write ${path}: ${why} Nothing was written.`, { cause: error });
}
