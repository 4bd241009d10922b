/**
 * The script for those who hear the page or are at a keyboard, and for fields that two people change. It is loaded when
 * the first of it is met: see `beside.ts`.
 *
 * @module
 */

export { sayNext } from "./announce.ts";
export { attend, goes } from "./attend.ts";
export { tellConflict } from "./conflict.ts";
export { refocus } from "./focus.ts";
