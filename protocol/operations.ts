/**
 * What a server may do to a page. One vocabulary, one order, one interpreter: each operation finds the page as the ones
 * before it have left it.
 *
 * @module
 */

import type { Json } from "./frames.ts";

/**
 * Names one element of the page: its `id`; or an id and the way from there. A text is the one descendant whose `data-k`
 * it is, a number from 0 the child element of that position, `-1` the parent. The id `""` is `body`.
 *
 * @example
 * ```ts
 * import type { Address } from "@argyle/argyle/protocol";
 * const row: Address = "row-7";
 * const item: Address = ["todos", "milk"]; // <li data-k="milk"> somewhere in #todos
 * const cell: Address = ["row-7", 2]; // its third child
 * const list: Address = ["row-7", -1]; // what it stands in
 * ```
 */
export type Address = string | readonly [id: string, ...steps: (string | number)[]];

/**
 * Brings an element to the given markup (one element, of the same id).
 *
 * @example
 * ```ts
 * import type { MorphOperation } from "@argyle/argyle/protocol";
 * const operation: MorphOperation = ["morph", "count", '<output id="count"><b>5</b></output>'];
 * ```
 */
export type MorphOperation = readonly ["morph", at: Address, html: string];

/**
 * Brings the content of an element to this text. It is text, whatever is in it.
 *
 * @example
 * ```ts
 * import type { TextOperation } from "@argyle/argyle/protocol";
 * const operation: TextOperation = ["text", ["row-500", 2], "18"];
 * ```
 */
export type TextOperation = readonly ["text", at: Address, text: string];

/**
 * Changes attributes of an element; `null` removes one.
 *
 * @example
 * ```ts
 * import type { AttributesOperation } from "@argyle/argyle/protocol";
 * const operation: AttributesOperation = ["attributes", "save", { class: "busy", disabled: "", title: null }];
 * ```
 */
export type AttributesOperation = readonly [
  "attributes",
  at: Address,
  changes: { readonly [name: string]: string | null },
];

/**
 * Puts the elements of the markup before, or after, an element.
 *
 * @example
 * ```ts
 * import type { InsertOperation } from "@argyle/argyle/protocol";
 * const operation: InsertOperation = ["before", "row-1", '<tr id="row-9"><td>9</td></tr>'];
 * ```
 */
export type InsertOperation = readonly ["before" | "after", at: Address, html: string];

/**
 * Removes elements.
 *
 * @example
 * ```ts
 * import type { RemoveOperation } from "@argyle/argyle/protocol";
 * const operation: RemoveOperation = ["remove", "row-1", "row-2"];
 * ```
 */
export type RemoveOperation = readonly ["remove", ...at: Address[]];

/**
 * Puts an element and the elements behind it, in the same parent, in another order. Positions are counted from that
 * element, which is 0. The new order is made of runs of the old positions, written in pairs: where a run begins, and how
 * many it has; below 0, it runs backwards. Together the runs name each position from 0 up to the last that moves, once.
 *
 * @example
 * ```ts
 * import type { OrderOperation } from "@argyle/argyle/protocol";
 * const reversed: OrderOperation = ["order", "row-1", [999, -1000]];
 * const tenthOnTop: OrderOperation = ["order", "row-1", [9, 1, 0, 9]];
 * ```
 */
export type OrderOperation = readonly ["order", first: Address, runs: readonly number[]];

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
 * Brings each element of `body` that a selector names to the given markup: the element itself where the markup is one
 * element of the same id and key, and without an id of the same name; else what is in the element. It is the server's
 * selector, of any kind that browsers know. Where it names nothing, nothing happens.
 *
 * @example
 * ```ts
 * import type { SelectOperation } from "@argyle/argyle/protocol";
 * const operation: SelectOperation = ["select", "#cart .total", "12.50 €"];
 * ```
 */
export type SelectOperation = readonly ["select", selector: string, html: string];

/**
 * An operation that was written by hand: one of CableReady's, or the page's own. They stand behind what a comparison has
 * found. The target is a selector; `null` where it is the document's. The rest is flat: `html`, `text`, `name`,
 * `value`, and the options (`delay`, `selectAll` …); what the browser does not know, its events have.
 *
 * @example
 * ```ts
 * import type { DoOperation } from "@argyle/argyle/protocol";
 * const bump: DoOperation = ["do", "addCssClass", "#cart", { name: "bump" }];
 * const chime: DoOperation = ["do", "chime", null, { volume: 0.2 }];
 * ```
 */
export type DoOperation = readonly [
  "do",
  name: string,
  target: string | null,
  detail?: { readonly [key: string]: Json },
];

/**
 * One change of a page.
 *
 * @example
 * ```ts
 * import type { Operation } from "@argyle/argyle/protocol";
 * const names = (operations: readonly Operation[]) => operations.map(([name]) => name);
 * console.assert(names([["text", "count", "5"], ["remove", "hint"]]).join() === "text,remove");
 * ```
 */
export type Operation =
  | MorphOperation
  | TextOperation
  | AttributesOperation
  | InsertOperation
  | RemoveOperation
  | OrderOperation
  | BodyOperation
  | HeadOperation
  | SelectOperation
  | DoOperation;
