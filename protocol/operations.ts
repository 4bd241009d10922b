/**
 * What a server may do to a page. One vocabulary, one order, one interpreter.
 *
 * @module
 */

/**
 * Brings the element with this id to the given markup (one element, with the same id).
 *
 * @example
 * ```ts
 * import type { MorphOperation } from "@argyle/argyle/protocol";
 * const operation: MorphOperation = ["morph", "count", '<output id="count">5</output>'];
 * ```
 */
export type MorphOperation = readonly ["morph", id: string, html: string];

/**
 * Brings the children of `body` to the given markup.
 *
 * @example
 * ```ts
 * import type { BodyOperation } from "@argyle/argyle/protocol";
 * const operation: BodyOperation = ["body", "<main>There is nothing left to do.</main>"];
 * ```
 */
export type BodyOperation = readonly ["body", html: string];

/**
 * Brings what the page put into `head` (title, meta, links, styles) to the given markup: all of it, not the change.
 *
 * @example
 * ```ts
 * import type { HeadOperation } from "@argyle/argyle/protocol";
 * const operation: HeadOperation = ["head", '<meta charset="utf-8"><title>Orders (3)</title>'];
 * ```
 */
export type HeadOperation = readonly ["head", html: string];

/**
 * One change of a page.
 *
 * @example
 * ```ts
 * import type { Operation } from "@argyle/argyle/protocol";
 * const characters = (operations: readonly Operation[]) =>
 *   operations.reduce((sum, operation) => sum + operation.at(-1)!.length, 0);
 * console.assert(characters([["body", "<hr>"]]) === 4);
 * ```
 */
export type Operation = MorphOperation | BodyOperation | HeadOperation;
