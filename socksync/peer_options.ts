/**
 * What one end of a line works with.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Group } from "./groups.ts";
import type { GroupContext } from "./group.ts";

/**
 * What one end works with.
 *
 * @example
 * ```ts
 * import { defaultLimits, systemClock } from "@argyle/argyle/protocol";
 * import type { PeerOptions } from "@argyle/argyle/socksync";
 * const options: PeerOptions = {
 *   clock: systemClock,
 *   limits: defaultLimits,
 *   context: { user: undefined, get: ({ initial }) => initial!.value },
 *   tell: () => "Something went wrong.",
 *   failed: (what, error) => console.error(what, error),
 * };
 * ```
 */
export interface PeerOptions {
  /** Tells the time of deadlines. */
  readonly clock: Clock;
  /** How much the other end may ask for. */
  readonly limits: Pick<Limits, "depth" | "syncGroups" | "syncCalls" | "pageSize" | "reflex" | "buffered">;
  /** What is known of the other end: given to functions, and to those who decide whether it may. */
  readonly context: GroupContext;
  /** Groups that other peers have as well. */
  readonly shared?: readonly { get(type: string, name: string): Group<unknown> | undefined }[];
  /** Characters of the longest frame that the other end takes; any where left out. */
  readonly longest?: number;
  /** What the other end may be told of what a function has thrown. */
  tell(error: unknown, name: string): string;
  /** Something has gone wrong for which nobody waits. */
  failed(what: string, error: unknown): void;
  /** A function of this end has begun that takes its time: done when it is over, whatever becomes of the line. */
  started?(work: Promise<unknown>): void;
  /** It was closed, by this end. */
  ended?(): void;
}
