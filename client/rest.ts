/**
 * The second script of a page, for those that need it: see `beside.ts`.
 *
 * @module
 */

export { countBusy } from "./busy.ts";
export { options } from "./options.ts";
export { order } from "./order.ts";
export { redeem } from "./redeem.ts";
