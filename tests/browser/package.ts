/**
 * The Chromium inside the npm package `@sparticuz/chromium`, unpacked once per version and user.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { readManifest } from "../project.ts";
import type { FoundBrowser } from "./find.ts";

const name = "@sparticuz/chromium";

/**
 * Unpacks the browser where that has not happened yet.
 *
 * @returns the browser, first as it is, then with the package's own libraries for systems that lack them
 */
export async function packagedBrowsers(): Promise<FoundBrowser[]> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    throw new Error(`Cannot use ${name} here: it is for Linux on x86_64, not ${Deno.build.target}.`);
  }
  const version = (await readManifest()).imports[name]?.split("@").at(-1);
  const folder = `${await cacheFolder()}/chromium-${version}`;
  if (!await exists(folder)) await unpack(folder);
  const browser = { path: `${folder}/chromium`, env: { FONTCONFIG_PATH: `${folder}/fonts` } };
  return [
    await exists("/etc/fonts") ? { ...browser, env: {} } : browser,
    { ...browser, env: { ...browser.env, LD_LIBRARY_PATH: `${folder}/al2023/lib` } },
  ];
}

/** Unpacks beside the place and renames at the end: two runs at once do not meet in a half-written folder. */
async function unpack(folder: string): Promise<void> {
  const fresh = await Deno.makeTempDir({ dir: folder.replace(/\/[^/]*$/, ""), prefix: "unpacking-" });
  try {
    await runUnpack(fresh);
    await Deno.rename(fresh, folder);
  } catch (error) {
    await Deno.remove(fresh, { recursive: true });
    // The other run was quicker.
    if (!await exists(folder)) throw error;
  }
}

/** The package unpacks into the temporary directory, so a process of its own gets one of its own. */
async function runUnpack(into: string): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fileURLToPath(new URL("unpack.ts", import.meta.url))],
    // With this name of a runtime it unpacks its libraries too.
    env: { TMPDIR: into, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
    stdin: "null",
  });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`Cannot unpack ${name} into ${into}: ${new TextDecoder().decode(stderr)}`);
}

async function cacheFolder(): Promise<string> {
  const cache = Deno.env.get("XDG_CACHE_HOME") || homeCache();
  if (cache !== undefined) {
    try {
      await Deno.mkdir(`${cache}/argyle`, { recursive: true });
      return `${cache}/argyle`;
    } catch {
      // A home that cannot be written is no reason to stop: the temporary directory is left.
    }
  }
  return await temporaryFolder();
}

/** The name is easy to guess, so a folder that another user has put there is not trusted. */
async function temporaryFolder(): Promise<string> {
  const folder = `${Deno.env.get("TMPDIR") || "/tmp"}/argyle-${Deno.uid()}`;
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, isSymlink } = await Deno.lstat(folder);
  if (uid !== Deno.uid() || isSymlink) {
    throw new Error(`Cannot unpack ${name} into ${folder}: the folder belongs to someone else.`);
  }
  return folder;
}

function homeCache(): string | undefined {
  const home = Deno.env.get("HOME");
  return home ? `${home}/.cache` : undefined;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
