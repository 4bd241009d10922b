/**
 * What is known of an endpoint of typed events, for its documentation.
 *
 * @module
 */

import type { Action } from "../../protocol/action.ts";
import type { Schema } from "../../protocol/schema.ts";

/** An endpoint, as it declares itself: `ServedEvents` does. */
export interface Described {
  /** Its path below the base, as it was written: `/room/:room`. */
  readonly path: string;
  /** Schemas of the path's params, of the query, and of the events that go out. */
  readonly declared: {
    readonly params?: Schema | undefined;
    readonly query?: Schema | undefined;
    readonly sends?: Readonly<Record<string, Schema>> | undefined;
  };
  /** The handlers, by the events that they take. */
  readonly actions: ReadonlyMap<string, Action>;
}
