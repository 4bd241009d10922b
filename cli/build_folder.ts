/**
 * The folder that a build is written to.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { MANIFEST, type Manifest, readManifest } from "../server/islands/manifest.ts";
import { Refusal } from "./refusal.ts";

/** The build that lies in a folder; `undefined` where there is no folder, or an empty one. */
export async function readBuild(folder: URL): Promise<Manifest | undefined> {
  const path = fileURLToPath(folder);
  const names = await listed(folder, path);
  if (names.length === 0) return undefined;
  if (!names.includes(MANIFEST)) {
    throw new Refusal(`Cannot write to ${path}: something else is there. Nothing was written.`);
  }
  try {
    return readManifest(await Deno.readTextFile(new URL(MANIFEST, folder)), path);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Refusal(
      `Cannot write to ${path}: its ${MANIFEST} is not of a build. Remove the folder, and build again. Nothing was written.`,
      { cause: error },
    );
  }
}

async function listed(folder: URL, path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    if (
      error instanceof Deno.errors.NotADirectory ||
      error instanceof Error && "code" in error && error.code === "ENOTDIR"
    ) {
      throw new Refusal(`Cannot write to ${path}: it is no folder. Nothing was written.`);
    }
    throw error;
  }
}

/**
 * Holds that a folder lies below the project's, links followed as far as they exist.
 *
 * @throws Refusal where it does not
 */
export async function checkInside(folder: URL, project: URL): Promise<void> {
  const outer = await Deno.realPath(project);
  const inner = await realPath(fileURLToPath(folder).replace(/\/$/, ""));
  if (inner.startsWith(`${outer}/`)) return;
  throw new Refusal(
    `Cannot write to ${
      fileURLToPath(folder)
    }: a build is written to a folder inside of the project, ${outer}. ` +
      "Nothing was written.",
  );
}

/** The real path of what may not be there yet. */
async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const cut = path.lastIndexOf("/");
    return cut <= 0 ? path : `${await realPath(path.slice(0, cut))}${path.slice(cut)}`;
  }
}

/** What is to be in the folder. */
export interface Written {
  readonly manifest: Manifest;
  /** By name. */
  readonly files: ReadonlyMap<string, string>;
  /** By name; they are in a folder of their own, and no app serves them. */
  readonly maps: ReadonlyMap<string, string>;
}

/** Where maps are. */
const MAPS = "maps/";

/**
 * Writes a build. The manifest comes last, so that whoever reads it finds what it names; then goes what no manifest names
 * any more.
 *
 * @param earlier what was there
 */
export async function writeBuild(
  folder: URL,
  { manifest, files, maps }: Written,
  earlier: Manifest | undefined,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of files) await replace(new URL(name, folder), text);
  await removeMaps(folder);
  if (maps.size > 0) await Deno.mkdir(new URL(MAPS, folder), { recursive: true });
  for (const [name, text] of maps) await replace(new URL(`${MAPS}${name}`, folder), text);
  await replace(new URL(MANIFEST, folder), `${JSON.stringify(manifest, null, 2)}\n`);
  const kept = new Set([...Object.keys(manifest.files), ...Object.keys(manifest.earlier)]);
  for (const name of [...Object.keys(earlier?.files ?? {}), ...Object.keys(earlier?.earlier ?? {})]) {
    if (!kept.has(name)) await remove(new URL(name, folder));
  }
}

// Maps of an earlier build are of no use; what else lies there is somebody's.
async function removeMaps(folder: URL): Promise<void> {
  const maps = new URL(MAPS, folder);
  const names = await listed(maps, fileURLToPath(maps));
  for (const name of names) if (/^[A-Za-z0-9_-]+\.js\.map$/.test(name)) await remove(new URL(name, maps));
}

/** Never half: a server may just be reading. */
async function replace(file: URL, text: string): Promise<void> {
  const fresh = new URL(`${file.href}.tmp`);
  await Deno.writeTextFile(fresh, text);
  await Deno.rename(fresh, file);
}

async function remove(file: URL): Promise<void> {
  try {
    await Deno.remove(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
