/**
 * What a call wants done when it is committed: it is done, also where the process that has committed it has died.
 *
 * @module
 */

import type { CallFrame } from "../../protocol/frames.ts";
import type { Snapshot } from "../session/records.ts";
import type { Unfinished } from "../session/afterwork.ts";
import { type CallResult, runCall } from "./call.ts";
import type { Host } from "./host.ts";
import type { LivePageParts } from "./live_page.ts";

/** Of a live page, what a call is run for. */
type Where = Pick<LivePageParts, "session" | "visit"> & Parameters<typeof runCall>[0]["from"];

/** Does what a call has left, one thing after another. Nobody who has called waits for it. */
export async function finish(
  after: CallResult["after"],
  [, n, , target]: CallFrame,
  { session, visit }: Where,
  host: Host,
): Promise<void> {
  for (const run of after) {
    try {
      await run();
    } catch (error) {
      host.log.error("what was to be done after a commit failed", error, { target, n });
    }
  }
  try {
    await host.records.afterwork.end(session, visit, n);
  } catch (error) {
    host.log.error("it could not be noted that a call is finished: it may be done twice", error, {
      target,
      n,
    });
  }
}

/**
 * Finishes what an isolate that is not there any more has left of a visit's calls.
 *
 * @param seen what is known now
 */
export async function resume(where: Where, seen: Snapshot, host: Host): Promise<void> {
  for (const unfinished of await host.records.afterwork.take(where.session, where.visit)) {
    host.pending.follow(finishAgain(unfinished, where, seen, host));
  }
}

// The body runs again on what it saw, to say what is to be done. Whatever else it does is committed already.
async function finishAgain(
  { frame, values, state }: Unfinished,
  where: Where,
  seen: Snapshot,
  host: Host,
): Promise<void> {
  const [, n, , target] = frame;
  const resolved = host.registry.find(target);
  let after: CallResult["after"] = [];
  if (resolved !== undefined) {
    const before = { ...seen, values, visit: { ...seen.visit, state } };
    const call = { frame, hash: "", resolved, from: where, live: { push() {} } };
    ({ after } = await runCall(call, before, host));
  }
  if (after.length === 0) {
    host.log.warn("what was to be done after a commit is not known any more", { target, n });
  }
  await finish(after, frame, where, host);
}
