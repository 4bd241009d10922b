/**
 * Imports whose names are made while they run, such as `` import(`./${word}.ts`) ``: esbuild bundles all that fits, and asks
 * nobody.
 *
 * @module
 */

import type { Metafile } from "esbuild";
import { dirname, join } from "node:path";

/** What such imports of a file may find; some of it, perhaps, does not fit to the end. */
export function foundBy(file: string, inputs: Metafile["inputs"]): string[] {
  const begins = (inputs[file]?.imports ?? []).map(({ path }) => path).filter((path) => path.includes("*"))
    .map((path) => join(dirname(file), path.slice(0, path.indexOf("*"))).replace(/^\.\//, ""));
  return Object.keys(inputs).filter((path) => begins.some((begin) => path.startsWith(begin)));
}
