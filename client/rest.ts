/**
 * The second script of a page, for those that need it: see `beside.ts`.
 *
 * @module
 */

export { showBusy } from "./busy.ts";
export { options } from "./options.ts";
export { order } from "./order.ts";
export { select } from "./select.ts";
export { receive } from "./receive.ts";
