/**
 * What has to be made before a browser can be told that it shows another page.
 *
 * @module
 */

import { Attribute } from "../../protocol/markers.ts";
import { viewOf } from "../page/opened_page.ts";
import { type Former, makeVisit } from "../page/page_data.ts";
import type { View } from "../page/view.ts";
import type { Snapshot } from "../session/records.ts";
import type { Host } from "./host.ts";
import type { LivePageParts } from "./live_page.ts";
import type { Landing } from "./trip.ts";

/** Tracked elements of a head, with what is in them. */
const TRACKED = RegExp(`<[^>]*\\s${Attribute.track}\\b[^>]*>[^<]*`, "g");

/**
 * Whether a browser may have to load a page in full, to run a script of its head or for what is tracked there.
 *
 * @param before the head that it shows; `undefined` where that is not known
 */
export function mayNeedMore(before: string | undefined, head: string): boolean {
  if (before === head) return false;
  const known = scriptsOf(before);
  return scriptsOf(head).some((one) => !known.includes(one)) || trackedIn(before) !== trackedIn(head);
}

function scriptsOf(head = ""): readonly string[] {
  return head.match(/<script\b[^>]*\ssrc=[^>]*/g) ?? [];
}

function trackedIn(head = ""): string {
  return head.match(TRACKED)?.join() ?? "";
}

/** A page that can be shown at once. */
export interface Landed {
  readonly view: View;
  /** Its sealed page data. */
  readonly token: string;
  /** Behind which its cookies wait. */
  readonly ticket: string | undefined;
  readonly former: Former;
  /** What it shows, but for messages that are shown once. */
  readonly seen: Snapshot;
}

/**
 * Makes it.
 *
 * @param from the page that is left
 * @param lastCall the number of the last call that was made there
 */
export async function land(
  { opened, visit, url, seen: rendered, isFlashShown, setCookies }: Landing,
  { visit: left, session }: Pick<LivePageParts, "visit" | "session">,
  lastCall: () => number,
  host: Pick<Host, "records" | "seal">,
): Promise<Landed> {
  // Where the session is written at this moment, they are shown again: better than never.
  const seen = isFlashShown ? await host.records.takeFlash(rendered) ?? rendered : rendered;
  const ticket = setCookies.length === 0 ? undefined : makeVisit(); // random, and as long
  if (ticket !== undefined) await host.records.keepTicket(session, { id: ticket, setCookies });
  const { view, data } = await viewOf(opened, { visit, url, seen, former: undefined });
  for (;;) {
    const former = { visit: left, last: lastCall() };
    const token = await host.seal(session, { ...data, former });
    if (former.last === lastCall()) return { view, token, ticket, former, seen };
  }
}
