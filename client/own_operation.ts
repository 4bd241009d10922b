/**
 * Operations of a page's own, beside those that every page has.
 *
 * @module
 */

import type { Json } from "../protocol/frames.ts";

/**
 * What is said of an operation: its own keys, its options, whatever else the server has put there, and `operation` and
 * `selector`, as what they were sent. The events of operations have it as their `detail`.
 *
 * @example
 * ```ts
 * import type { OperationDetail } from "@argyle/argyle/client";
 * globalThis.document?.addEventListener("argyle:before-remove", (event) => {
 *   const { selector }: OperationDetail = (event as CustomEvent).detail;
 *   if (selector === "#cart") event.preventDefault();
 * });
 * ```
 */
export interface Detail {
  /** Whatever it is: `html`, `name`, `delay` … */
  [key: string]: Json | undefined;
}

/** Carries out one that is the page's own. */
export type OwnOperation = (element: Element, detail: Detail) => void | Promise<void>;

/** The name of an operation that every page has. */
export const BUILT_IN =
  /^(append|prepend|graft|(inner|outer)Html|insertAdjacent(Html|Text)|morph|remove|replace|textContent|(add|remove)CssClass|(set|remove)(Attribute|StorageItem)|set(DatasetProperty|Prop(erty|s)|Styles?|Value|Meta|Title|Cookie|Focus)|dispatchEvent|clearStorage|go|(push|replace)State|redirectTo|reload|scrollIntoView|console(Log|Table)|notification)$/;
