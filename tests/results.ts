/**
 * Reads what `deno test` has printed.
 *
 * @module
 */

/** Numbers of tests, steps not counted. */
export interface Results {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * The numbers of the last summary in `output`, such as `ok | 42 passed (3 steps) | 0 failed | 1 ignored (2s)`.
 *
 * Without one, `deno test` has ended before it could count (a type error, the time limit): one failure.
 */
export function readResults(output: string, code: number): Results {
  const summary = [...uncoloured(output).matchAll(/^(?:ok|FAILED) \| \d+ passed.*$/gm)].at(-1)?.[0];
  if (summary === undefined) return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  const failed = count(summary, "failed");
  return {
    passed: count(summary, "passed"),
    // A run can fail as a whole, for a threshold or a test marked "only".
    failed: code === 0 ? failed : Math.max(failed, 1),
    skipped: count(summary, "ignored"),
  };
}

/** `42 passed, 0 failed`, and the skipped where there are any. */
export function closingLine({ passed, failed, skipped }: Results): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Titles of ignored tests, as printed with their file; `skip()` puts the reason into the title. */
export function skippedTests(output: string): string[] {
  const lines = uncoloured(output).matchAll(/^(.+) \.\.\. ignored \(\d+m?s\)$/gm);
  return Array.from(
    lines,
    ([, title = ""]) => title.includes("skipped: ") ? title : `${title} — skipped: no reason is given`,
  );
}

function count(summary: string, word: string): number {
  return Number(summary.match(`(\\d+) ${word}`)?.[1] ?? 0);
}

function uncoloured(output: string): string {
  // deno-lint-ignore no-control-regex -- colours are escape sequences
  return output.replace(/\x1b\[[0-9;]*m/g, "");
}
