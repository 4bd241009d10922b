/**
 * `data-reflex-root`: elements outside of which nothing changes.
 *
 * @module
 */

/** So many elements one attribute names at most. */
export const MOST_ROOTS = 16;

/** The ids in `#list`, `#list,#total` or `#list #total`. */
export function rootIds(text: string): string[] {
  return (text.match(/[^\s,]+/g) ?? []).map((word) => word.slice(1));
}
