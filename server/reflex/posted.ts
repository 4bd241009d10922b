/**
 * A call that came as a posted form: checked, run and committed as any other. There is no live page that could be told
 * of it, so that what it has come to is the answer to the request.
 *
 * @module
 */

import { type ErrorCode, WireError } from "../../protocol/errors.ts";
import type { CallFrame } from "../../protocol/frames.ts";
import type { Offered } from "../bus/told.ts";
import type { Snapshot } from "../session/records.ts";
import { within, type Work } from "../trace/work.ts";
import { type CallResult, type CheckedCall, runCall } from "./call.ts";
import { commitCall } from "./commit.ts";
import { finish } from "./finish.ts";
import type { Host } from "./host.ts";
import { peerError, type Resolved } from "./run.ts";

/** A form that was posted. */
export interface PostedCall {
  /** The call, as a browser's script would have sent it. */
  readonly frame: CallFrame;
  /** The page that it was posted to, and who has posted it. */
  readonly from: CheckedCall["from"];
  /** Who it is, as the page was rendered for. */
  readonly identity: string;
  /** What that render offers. */
  readonly offers: Iterable<Offered>;
}

/** What it came to: where it leads, or why it was refused. */
export type PostOutcome =
  | {
    readonly done: true;
    /** Where the call leads; the page where left out. */
    readonly to: string | undefined;
    /** The ticket of a login, a logout or cookies. */
    readonly ticket: string | undefined;
    /** Whether it has changed the page's state. */
    readonly hasState: boolean;
  }
  | { readonly done: false; readonly error: WireError; readonly thrown: unknown };

/** The number of a call that no browser counts: a page's own begin with 1. */
const N = 0;

/**
 * Runs a posted call. What fails leaves nothing: nobody will send it again under its number.
 *
 * @throws what the store throws
 */
export async function runPosted(posted: PostedCall, host: Host): Promise<PostOutcome> {
  const { frame, from } = posted, { session, visit } = from, target = frame[3];
  if (!host.pending.enter(session)) return refused(new WireError("busy"));
  const isKnown = host.registry.find(target) !== undefined;
  const work = host.watch?.begin({ kind: "reflex", target, isKnown, visit: visit.slice(0, 6) });
  let as = "error";
  try {
    const resolved = resolve(posted, host);
    const [, , acknowledged, ...rest] = frame;
    const call: CheckedCall = {
      frame: ["call", N, acknowledged, ...rest],
      hash: "",
      resolved,
      from,
      live: { push() {} }, // there is nobody to see it
    };
    const outcome = await host.retries.run(session, visit, (seen) => once(call, seen, posted, host, work));
    as = outcome.done ? "posted" : outcome.error.code;
    return outcome;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    as = error.code;
    return refused(error);
  } finally {
    work?.end(as);
    host.pending.leave(session);
  }
}

function refused(error: WireError, thrown: unknown = error): PostOutcome {
  return { done: false, error, thrown };
}

// Registered, the class's own, and offered by the page, as for a call on a socket.
function resolve({ frame: [, , , target, args = []], offers }: PostedCall, { registry }: Host): Resolved {
  const resolved = registry.find(target);
  if (resolved === undefined) throw new WireError("unknown_reflex");
  for (const one of offers) {
    if (resolved.kind === "action" ? one.hasTarget(target) : one.hasCall(target, args)) return resolved;
  }
  throw new WireError("stale");
}

// Once, on what was read. `undefined`: somebody else was quicker, and nothing has happened.
async function once(
  call: CheckedCall,
  seen: Snapshot,
  { identity }: PostedCall,
  host: Host,
  work: Work | undefined,
): Promise<PostOutcome | undefined> {
  if (seen.endedAt !== undefined || seen.identity !== identity) return refused(new WireError("stale"));
  const ran = await within(work, "run", () => runCall(call, seen, host));
  if (ran.reflex === undefined) return failure(ran);
  const done = await within(work, "commit", () => commitCall(call, seen, forNextPage(ran), host));
  if (done === undefined) return undefined;
  const { result } = done;
  if (result.reflex === undefined) return failure(result);
  tell(result, host);
  if (result.after.length > 0) host.pending.follow(finish(result.after, call.frame, call.from, host));
  const { outcome: { to, ticket }, state } = result.change;
  return { done: true, to, ticket, hasState: state !== undefined };
}

function failure({ frame, error }: CallResult): PostOutcome {
  // What nobody meant for a person stands in the frame as a reference.
  const [, , code, message] = frame as ["error", number, ErrorCode, string];
  return refused(peerError(error) ?? new WireError(code, message), error);
}

// The answer leads to a page that is loaded: there is one visit less to show messages in, and nobody to operate on.
function forNextPage(ran: CallResult): CallResult {
  const { change } = ran;
  const outcome = { ...change.outcome, operations: undefined };
  const flash = change.flash && { ...change.flash, place: "next page" as const };
  return { ...ran, change: { ...change, outcome, ...(flash === undefined ? {} : { flash }) } };
}

// What others are shown and told of it.
function tell({ topics, said }: CallResult, host: Pick<Host, "topics">): void {
  for (const topic of topics) host.topics.publish(topic);
  for (const { address, told } of said) host.topics.tell(address, told);
}
