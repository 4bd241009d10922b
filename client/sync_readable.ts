/**
 * What hooks and signals can show.
 *
 * @module
 */

import type { Unsubscribe, Watched } from "../socksync/remote.ts";

/**
 * A value that changes, and tells so: variables and lists of the other end, and variables of one's own.
 *
 * @example
 * ```ts
 * import { type Readable, signalOf } from "@argyle/argyle/signals";
 * import { variable } from "@argyle/argyle/socksync";
 * const zoom: Readable<number> = variable(1);
 * console.assert(signalOf(zoom).value === 1);
 * ```
 */
export interface Readable<T> {
  /** What it is now. */
  readonly value: T;
  /** Calls back with every new value; at once where there is one already. */
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** Calls back when anything of it has changed; it may do so at once. */
export function watch<T>(readable: Readable<T> | Watched<T>, listener: () => void): () => void {
  return "watch" in readable ? readable.watch(listener) : readable.subscribe(listener);
}
