/**
 * Calls of a page that a browser has left, which it sends once more from the page that it has gone to.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import { writeFrame } from "../../protocol/codec.ts";
import type { CallFrame } from "../../protocol/frames.ts";
import type { Former } from "../page/page_data.ts";
import { errorFrame } from "./call.ts";
import type { Host } from "./host.ts";

/** What such a call is answered. */
export interface FormerAnswer {
  /** The frame. */
  readonly text: string;
  /** The ticket that it has left. */
  readonly ticket: string | undefined;
  /** In a word for the log. */
  readonly became: "again" | "expired" | "replayed";
}

/** The outcome of such a call, where it is known. It never runs: the page that offered it is not there any more. */
export async function answerFormer(
  [, n]: CallFrame,
  hash: string,
  { visit }: Former,
  session: string,
  host: Host,
): Promise<FormerAnswer> {
  const { visit: { outcomes } } = await host.records.read(session, visit);
  const stored = outcomes.find((outcome) => outcome.n === n);
  const isOther = stored !== undefined && stored.hash !== hash;
  if (stored?.frame != null && !isOther) {
    return { text: stored.frame, ticket: stored.ticket, became: "again" };
  }
  const became = isOther ? "replayed" : "expired";
  return { text: writeFrame(errorFrame(n, new WireError(became), "", host)), ticket: undefined, became };
}
