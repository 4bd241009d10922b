/**
 * From what a call came to, to what is kept of it.
 *
 * @module
 */

import type { Snapshot } from "../session/records.ts";
import { type CallResult, type CheckedCall, failedCall } from "./call.ts";
import type { Host } from "./host.ts";

/** A call that was committed: what it came to after all, and what is known now. */
export interface Committed {
  readonly result: CallResult;
  readonly committed: Snapshot;
}

/**
 * Commits what a call came to. What is too large to be kept makes it a call that has failed, and that is committed.
 *
 * @returns `undefined` where something that it relied on has changed meanwhile: nothing has happened
 */
export async function commitCall(
  call: CheckedCall,
  seen: Snapshot,
  result: CallResult,
  host: Host,
): Promise<Committed | undefined> {
  const { session, visit } = call.from, { records } = host;
  const { publication } = result.change;
  let isKnown = false;
  try {
    const committed = result.after.length === 0
      ? await records.commit(session, visit, seen, result.change)
      : await commitUnfinished(call, seen, result, host);
    isKnown = true;
    return committed === undefined ? undefined : { result, committed };
  } catch (error) {
    isKnown = error instanceof RangeError;
    if (!isKnown) {
      // It may have happened. Where it has, the bus says so; without one, whoever shows it has a look.
      if (publication === undefined) { for (const topic of result.topics) host.topics.publish(topic); }
      throw error;
    }
    const failed = failedCall(call, error, result.change.read, host);
    const committed = await records.commit(session, visit, seen, failed.change);
    return committed === undefined ? undefined : { result: failed, committed };
  } finally {
    if (publication !== undefined) host.channel.settle(publication, isKnown);
  }
}

// From the moment on at which it is committed, it is this isolate that is at the rest.
async function commitUnfinished(
  { frame, from: { session, visit } }: CheckedCall,
  seen: Snapshot,
  { change }: CallResult,
  { records }: Host,
): Promise<Snapshot | undefined> {
  const [, n] = frame;
  records.afterwork.begin(visit, n);
  let committed: Snapshot | undefined;
  try {
    const unfinished = { frame, values: seen.values, state: seen.visit.state };
    committed = await records.commit(session, visit, seen, { ...change, unfinished });
  } finally {
    if (committed === undefined) records.afterwork.leave(visit, n);
  }
  return committed;
}
