/**
 * What a class does around its own actions.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/frames.ts";
import { type CallContext, Reflex } from "./reflex.ts";

/**
 * What is being called, as `before`, `around`, `after` and `rescue` are told it.
 *
 * @example
 * ```ts
 * import { Reflex } from "@argyle/argyle";
 * import type { CalledAction } from "@argyle/argyle/types";
 * class Admin extends Reflex {
 *   override before({ name }: CalledAction) {
 *     if (this.user !== "ann") this.forbid(`${name} is not for you.`);
 *   }
 * }
 * ```
 */
export interface CalledAction {
  /** `Class#method`, with the name that the class was registered with. */
  readonly name: string;
  /** As they came: those of a method were offered, those of an action are a stranger's, before its schema. */
  readonly args: readonly Json[];
}

/** Whether the class has callbacks of its own. Most have none, and pay nothing for it. */
export function hasCallbacks({ before, after, around, rescue }: Reflex): boolean {
  return before !== own.before || after !== own.after || around !== own.around || rescue !== own.rescue;
}

const own = Reflex.prototype;

/**
 * Runs a body with what stands around it: `before`, `around` with the body in it, `after`; and `rescue` around all.
 *
 * @returns what `around` returns, or `rescue`
 */
export async function surround(
  reflex: Reflex,
  called: CalledAction,
  body: () => unknown,
  context: Pick<CallContext, "signal" | "undo">,
): Promise<unknown> {
  let running: Promise<unknown> | undefined, isOver = false, isDone = false;
  const begin = async () => {
    try {
      context.signal.throwIfAborted(); // what came before it has taken all the time
      const value = await body();
      isDone = true;
      return value;
    } finally {
      isOver = true;
    }
  };
  const run = () => {
    if (running !== undefined) throw new TypeError(`Cannot run ${called.name} again: around() has run it.`);
    running = begin();
    running.catch(() => {}); // whoever waits for it hears of it
    return running;
  };
  try {
    await reflex.before(called);
    const value = await reflex.around(called, run);
    if (!isOver) await running; // it would write into what is committed already
    context.signal.throwIfAborted();
    if (isDone) await reflex.after(called);
    return value;
  } catch (error) {
    await running?.catch(() => {});
    // A refusal is an answer, not a failure: what is forbidden stays so, whatever rescue() makes of errors.
    if (error instanceof WireError) throw error;
    context.undo();
    return await reflex.rescue(error, called);
  }
}
