/**
 * What a server may do to a page. One vocabulary, one order, one interpreter.
 *
 * @module
 */

/** Brings the element with this id to the given markup (one element, with the same id). */
export type MorphOperation = readonly ["morph", id: string, html: string];

/** Brings the children of `body` to the given markup. */
export type BodyOperation = readonly ["body", html: string];

/** Brings what the page put into `head` (title, meta, links, styles) to the given markup. */
export type HeadOperation = readonly ["head", html: string];

/** One change of a page. */
export type Operation = MorphOperation | BodyOperation | HeadOperation;
