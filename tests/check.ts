// deno-lint-ignore-file no-console -- a check speaks to the terminal
/**
 * What `deno check` and `deno lint` alone do not see, as part of `deno task ok`: code that runs on both sides type-checks
 * without a DOM and without `Deno`, browser code without `Deno`, and the public entries are documented.
 *
 * @module
 */

import { listFiles, type Manifest, readManifest, runDeno } from "./project.ts";

/** The one entry whose signatures name Preact's types, which have no documentation of their own. */
const undocumented = "./jsx-runtime";

/** A worker has neither; the names it does have (URL, TextEncoder, timers) exist everywhere. */
const anywhere = { lib: ["webworker", "esnext"], places: ["protocol/", "socksync/"] };
const browser = { lib: ["dom", "dom.iterable", "esnext"], places: ["client/", "islands/client"] };

async function checkLibraries(manifest: Manifest, { lib, places }: typeof browser): Promise<boolean> {
  const files = await listFiles("", [".ts", ".tsx"]);
  const checked = files.filter((file) => places.some((place) => file.startsWith(place)));
  const config = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const compilerOptions = { ...manifest.compilerOptions, lib };
    const { imports } = manifest;
    await Deno.writeTextFile(config, JSON.stringify({ imports, compilerOptions, nodeModulesDir: "none" }));
    return await report(`${places.join(" ")} with ${lib.join(", ")}`, [
      "check",
      "--config",
      config,
      ...checked,
    ]);
  } finally {
    await Deno.remove(config);
  }
}

async function checkDocumentation({ exports }: Manifest): Promise<boolean> {
  const entries = Object.entries(exports).filter(([name]) => name !== undocumented).map(([, path]) => path);
  return await report("documentation of the entries", ["doc", "--quiet", "--lint", ...entries]);
}

async function report(what: string, [command = "", ...rest]: string[]): Promise<boolean> {
  const { success, stderr } = await runDeno([command, "--no-lock", ...rest]);
  console.log(`${success ? "ok" : "FAILED"}  ${what}`);
  if (!success) console.error(stderr);
  return success;
}

const manifest = await readManifest();
const results = [
  await checkLibraries(manifest, anywhere),
  await checkLibraries(manifest, browser),
  await checkDocumentation(manifest),
];
Deno.exit(results.every(Boolean) ? 0 : 1);
