/**
 * The script that performs operations by hand: few pages ever get one.
 *
 * @module
 */

/** Loads it, once. */
export function loadOperations(): Promise<typeof import("./do.ts")> {
  // It has the same hash in its name.
  const beside = `./operations${/-\w+\.js$/.exec(import.meta.url)}`;
  return import(beside);
}
