/**
 * The browser's half: it listens to what the page offers (`data-reflex`), calls the server over one socket, and
 * applies the patches that come back without disturbing the person at the page. It starts by itself on every page
 * that the framework has rendered; anywhere else, importing it does nothing.
 *
 * ```ts
 * import { call, CallError } from "@argyle/argyle/client";
 *
 * async function increment(by: number): Promise<string> {
 *   try {
 *     return `now ${await call("Counter#increment", [by])}`;
 *   } catch (error) {
 *     return error instanceof CallError ? error.message : "?";
 *   }
 * }
 * ```
 *
 * @module
 */

import type { Json } from "../protocol/frames.ts";
import { CallError } from "./call_error.ts";
import { browserEnvironment } from "./environment.ts";
import { ownScript } from "./page.ts";
import { type Client, start } from "./start.ts";

export { CallError } from "./call_error.ts";

const script = globalThis.document && ownScript();
const client: Client | null | undefined = script && start(script, browserEnvironment());

/**
 * Calls `Class#method` of the server; the page must offer the call.
 *
 * @param target `Class#method`
 * @param args what the method gets, JSON values; they are copied at once
 * @returns what the method returned, `undefined` where that was nothing. Rejects with a {@linkcode CallError} when the
 * call failed, when it is larger than 64 KiB (`too_large`) or 1,000 others wait to be sent (`busy`), when its outcome
 * can no longer be known, or when this is not a page of the framework. It always settles.
 *
 * @example
 * ```ts
 * import { call } from "@argyle/argyle/client";
 * await call("Counter#increment", [5]).catch((error: Error) => error.message);
 * ```
 */
export function call(target: string, args: readonly Json[] = []): Promise<Json | undefined> {
  if (client) return client.call(target, args);
  return Promise.reject(new CallError("disconnected", `Cannot call ${target}: this page has no connection.`));
}
