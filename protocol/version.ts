/**
 * The version of the wire. A browser says it in its first frame; a server that speaks another one answers with
 * close code {@linkcode Close.upgrade} and the browser loads the page anew.
 *
 * @example
 * ```ts
 * import { PROTOCOL_VERSION } from "@argyle/argyle/protocol";
 * const hello = ["hello", PROTOCOL_VERSION, "token", 0];
 * ```
 */
export const PROTOCOL_VERSION = 3;
