/**
 * What cannot be applied means that the page is not as the server believes; it is then fetched anew.
 *
 * @module
 */

/** Refuses an address, markup or whatever else of an operation. */
export function refuse(what: unknown): never {
  throw new TypeError(`Cannot apply ${JSON.stringify(what)}.`);
}
