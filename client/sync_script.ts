/**
 * The browser's script for SockSync, which stands alone: the same for pages of the framework and for others. In a page's
 * own scripts it is what `@argyle/argyle/client` has of it. The script `groups` stands on it.
 *
 * @module
 */

export { connectSync } from "./connect_sync.ts";
export { action, isAction } from "../protocol/action.ts";
export { systemClock } from "../protocol/clock.ts";
export * from "../socksync/check_value.ts";
export * from "../socksync/frames.ts";
export * from "../socksync/group.ts";
export * from "../socksync/listeners.ts";
export * from "../socksync/maybe.ts";
export * from "../socksync/peer.ts";
export * from "../socksync/reader.ts";
export * from "../socksync/sync_error.ts";
