/**
 * The browser's script for variables and lists that a page owns. In a page's own scripts it is `@argyle/argyle/socksync`; what
 * it has of the connection is of the script `sync`.
 *
 * @module
 */

export * from "../socksync/mod.ts";
export { connectSync } from "./connect_sync.ts";
