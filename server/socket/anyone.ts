/**
 * Lets everybody in.
 *
 * @module
 */

/**
 * Anybody, also programs without a session: an `authorize` that says so. An endpoint has no other default than to be told
 * who may open its sockets.
 *
 * @example
 * ```ts
 * import { anyone } from "@argyle/argyle";
 * import type { EndpointContext } from "@argyle/argyle/types";
 * const isPublic = true;
 * const authorize = isPublic ? anyone : ({ user }: EndpointContext) => user !== undefined;
 * console.assert(anyone());
 * ```
 */
export function anyone(): true {
  return true;
}
