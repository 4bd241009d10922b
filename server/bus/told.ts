/**
 * What is said to pages besides that something has changed.
 *
 * @module
 */

import type { Operation } from "../../protocol/operations.ts";

/** Calls that can be made. */
export interface Offered {
  /** Whether one of this target is, whatever its arguments. */
  hasTarget(target: string): boolean;
  /** Whether this very one is. */
  hasCall(target: string, args: readonly unknown[]): boolean;
  /** All of them, as texts of which others can be made that answer alike. */
  calls(): Iterable<string>;
}

/** A change that is not the page's own render. */
export interface Piece {
  readonly operation: Operation;
  /** The calls that it contains. */
  readonly offers: Offered | undefined;
}

/** Operations for as many as there are. */
export interface Told {
  /** The operations as JSON: the same for everybody. */
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** A live page. */
export interface Listener {
  /** It is told something. It must not throw. */
  tell(told: Told): void;
}
