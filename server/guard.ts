/**
 * One exception of somebody's must not end the process for everybody: a rejection that nobody awaits, or a throw in a
 * timer, ends Deno. Installed once for each process, at an app's first request.
 *
 * @module
 */

import type { Logger } from "./observe.ts";

let installed = false;

/** Logs what nobody has caught, and goes on. */
export function guardProcess(log: Logger): void {
  if (installed) return;
  installed = true;
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("a promise was rejected and nobody awaited it", event.reason);
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    log.error("an exception was not caught", event.error);
  });
}
