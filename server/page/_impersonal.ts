/**
 * What is loaded for everybody may not look at anybody.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";

const impersonal = new AsyncLocalStorage<string>();

/** Runs what gives the same to everybody: reading what is one person's is an error in it, and in all that it awaits. */
export function runImpersonal<T>(where: string, run: () => T): T {
  return impersonal.run(where, run);
}

/** @throws TypeError where everybody will get what is being made */
export function checkPersonal(name: string): void {
  const where = impersonal.getStore();
  if (where !== undefined) {
    throw new TypeError(`Cannot read ${name} in ${where}: what it gives is for everybody.`);
  }
}
