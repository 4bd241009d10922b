/**
 * Operations that have come another way than over the page's socket.
 *
 * @module
 */

import { client } from "./core.ts";
import { loadOperations } from "./load_operations.ts";
import type { DoOperation } from "../protocol/operations.ts";

/**
 * Performs operations that the page's own server has answered a request with, as JSON: a list such as
 * `[["do", "addCssClass", "#cart", { "name": "bump" }]]`. What goes wrong in one is reported, and the others are
 * performed. On a page that is none of the framework's, nothing happens.
 *
 * They may do anything to the page that its server may: never hand over what another origin has said.
 *
 * @returns when all are done, those with a delay too
 * @throws TypeError for what is no list of operations; and where the script for them cannot be loaded
 *
 * @example
 * ```ts
 * import { perform } from "@argyle/argyle/client";
 * async function order(form: HTMLFormElement): Promise<void> {
 *   const response = await fetch("/order", { method: "POST", body: new FormData(form) });
 *   await perform(await response.json());
 * }
 * ```
 */
export async function perform(operations: unknown): Promise<void> {
  if (!Array.isArray(operations) || !operations.every(isOperation)) {
    throw new TypeError("Cannot perform what is no list of operations.");
  }
  if (!client) return;
  const script = await loadOperations();
  // One after the other, in one go; only then it is waited for those that take time.
  await Promise.all(operations.map((operation) => script.perform(operation)));
}

function isOperation(value: unknown): value is DoOperation {
  if (!Array.isArray(value)) return false;
  const [word, name, target, detail = {}, more] = value;
  return word === "do" && typeof name === "string" && (target === null || typeof target === "string") &&
    `${detail}` === "[object Object]" && more === undefined;
}
