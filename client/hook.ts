/**
 * The two events by which a script of the page takes part in patches.
 *
 * @module
 */

/** Their names. What they hold is a list: the element, and in the first what it is to be. */
export const Hook = {
  /** Before an element changes; who cancels it keeps the element. */
  before: "argyle:-before",
  /** After it has. */
  after: "argyle:-after",
} as const;
