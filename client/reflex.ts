/**
 * Reflexes as functions.
 *
 * @module
 */

import type { ElementData, Json } from "../protocol/frames.ts";
import type { ReflexMember } from "../protocol/reflex_member.ts";
import { client, elementData, ReflexError } from "./core.ts";
import type { Sent } from "./lifecycle.ts";

/**
 * A reflex class as a script sees it: its actions with their input, its methods without arguments. A method that needs
 * some is offered by the page, with exactly those.
 *
 * @example
 * ```ts
 * import { Reflex } from "@argyle/argyle";
 * import type { RemoteReflex } from "@argyle/argyle/client";
 * class Counter extends Reflex {
 *   increment(by = 1) {
 *     return by;
 *   }
 * }
 * const increment = (counter: RemoteReflex<Counter>): Promise<number> => counter.increment();
 * ```
 */
export type RemoteReflex<R> = {
  readonly [
    K in keyof R as K extends ReflexMember ? never
      : R[K] extends RemoteAction | ((...args: never) => unknown) ? K
      : never
  ]: R[K] extends RemoteAction<infer Input, infer Result>
    ? undefined extends Input ? (input?: Input) => Promise<Result>
    : (input: Input) => Promise<Result>
    : R[K] extends (...args: never) => infer Result ? () => Promise<Awaited<Result>>
    : never;
};

/**
 * What of an action a script knows: its types.
 *
 * @example
 * ```ts
 * import { action } from "@argyle/argyle";
 * import type { RemoteAction } from "@argyle/argyle/client";
 * import { z } from "zod";
 * const add: RemoteAction<number, number> = action(z.int(), (by): number => by + 1);
 * ```
 */
export interface RemoteAction<Input = unknown, Result = unknown> {
  /** Says what input reads. */
  readonly schema: unknown;
  /** Carries the types of input and result; there is nothing at run time. */
  readonly "~types"?: { readonly input: Input; readonly result: Result };
}

/**
 * How reflexes are called.
 *
 * @example
 * ```ts
 * import { reflex, type ReflexOptions } from "@argyle/argyle/client";
 * const options: ReflexOptions = { signal: AbortSignal.timeout(5000) };
 * const counter = reflex("Counter", options);
 * ```
 */
export interface ReflexOptions {
  /** The element that the method gets; it hears of the reflex's stages. */
  readonly element?: Element;
  /**
   * Where it aborts, the promise rejects with its reason. What has been sent is carried out all the same: what was done
   * is not known then.
   */
  readonly signal?: AbortSignal;
}

/**
 * The methods and actions of a reflex class, to be called. The page must offer the call, or list the class in its
 * `calls`.
 *
 * A promise resolves to what the method returned, `undefined` where that was nothing. It rejects with a `ReflexError`:
 * when the call failed; when it is larger than 64 KiB (`too_large`) or 1,000 others wait to be sent (`busy`); when a
 * listener of `argyle:before` has stopped it (`halted`); when its outcome can no longer be known (`disconnected`,
 * `expired`), or this is no page of the framework. It always settles.
 *
 * @param name the class, as it was registered
 *
 * @example
 * ```ts
 * import { reflex } from "@argyle/argyle/client";
 * import { Reflex } from "@argyle/argyle";
 * class Counter extends Reflex {
 *   increment(by = 1) {}
 * }
 * const counter = reflex<Counter>("Counter");
 * await counter.increment().catch((error: Error) => error.message);
 * ```
 */
export function reflex<R>(name: string, options: ReflexOptions = {}): RemoteReflex<R> {
  return new Proxy({}, {
    get: (_, method) =>
      typeof method === "symbol" || method === "then"
        ? undefined // or `await` would take it for a promise
        : (...args: Json[]) => call(`${name}#${method}`, args, options),
  }) as RemoteReflex<R>;
}

/** Calls `Class#method`. */
export async function call(
  target: string,
  args: readonly Json[],
  { element, signal }: ReflexOptions = {},
  more: (data: ElementData) => ElementData = (data) => data,
): Promise<Json | undefined> {
  if (!client) {
    throw new ReflexError("disconnected", `Cannot call ${target}: this page has no connection.`);
  }
  signal?.throwIfAborted();
  const read = (): Sent => [args, more(element ? elementData(element) : {})];
  const outcome = client.run(target, read, element);
  if (signal === undefined) return await outcome;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  outcome.catch(() => {}); // whoever has given up does not hear of it
  try {
    return await Promise.race([outcome, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
