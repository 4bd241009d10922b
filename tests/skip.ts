/**
 * Tests that cannot run somewhere say why; the runner repeats it below the results.
 *
 * @module
 */

/** Registers a test that is left out for a reason. */
export function skip(title: string, reason: string): void {
  if (reason.trim() === "") throw new TypeError(`Cannot skip "${title}": the reason is empty.`);
  Deno.test.ignore(`${title} — skipped: ${reason}`, () => {});
}
