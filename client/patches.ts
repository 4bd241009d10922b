/**
 * The third script of a page: for patches that are more than the server's own markup, and for pages that other code lives
 * in. See `beside.ts`.
 *
 * @module
 */

export { bring, drop, want } from "./come.ts";
export { morphHead } from "./head.ts";
export { isHeld, stays, tellChanged } from "./hooks.ts";
export { order } from "./order.ts";
export { partsThatStay } from "./parts.ts";
export { perform, prepare } from "./prepare.ts";
export { receive } from "./receive.ts";
export { refresh } from "./refresh.ts";
export { keepScroll, markScrolled } from "./scroll.ts";
export { select } from "./select.ts";
export { spare } from "./spare.ts";
export {
  contentOf,
  foreign,
  homeOf,
  insert,
  isForeign,
  isRenamed,
  move,
  nodesOf,
  note,
  settle,
} from "./strangers.ts";
