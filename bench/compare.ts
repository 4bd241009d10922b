// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Compares two files of the bench's lines: `deno run -A bench/compare.ts OLD NEW`.
 *
 * @module
 */

import { readRecording, type Recording } from "./recording.ts";
import { report } from "./report.ts";

/** Reads a run from a file. @throws TypeError for a file that is not there, or is something else */
export async function loadRecording(path: string): Promise<Recording> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : "it cannot be read";
    throw new TypeError(`Cannot compare with ${path}: ${why}.`, { cause });
  }
  return readRecording(text, path);
}

if (import.meta.main) {
  const [old, now, ...rest] = Deno.args;
  try {
    if (old === undefined || now === undefined || rest.length > 0) {
      throw new TypeError("Cannot compare: it takes two files, the earlier one first.");
    }
    console.log(report(await loadRecording(old), await loadRecording(now)));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
