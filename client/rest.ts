/**
 * The second script of a page, for those whose elements say more than what they call: see `beside.ts`.
 *
 * @module
 */

export { showBusy } from "./busy.ts";
export { options } from "./options.ts";
