/**
 * What a socket is told that goes to another page.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Heard, LoadedPage, Peer } from "./peer.ts";

/** What a `page` frame says. */
export interface Landed {
  readonly id: number;
  readonly url: string;
  readonly token: string;
  readonly visit: string;
  readonly operations: readonly (readonly unknown[])[];
  readonly ticket: string | undefined;
}

/** Reads a frame that has to be one of another page. */
export function landed(frame: Heard): Landed {
  assert.equal(frame[0], "page", JSON.stringify(frame));
  const [, id, url, token, visit, operations, ticket] = frame as [
    string,
    number,
    string,
    string,
    string,
    unknown[][],
    string?,
  ];
  return { id, url, token, visit, operations, ticket };
}

/** Goes to a page, waits for it, and says that it shows it. */
export async function goTo(peer: Peer, id: number, url: string): Promise<Landed> {
  peer.send(["visit", id, url]);
  const page = landed(await peer.next());
  assert.equal(page.id, id);
  peer.send(["shown", id]);
  return page;
}

/** The page as a browser has it that went there: another socket can take it up. */
export function pageAt({ token, visit }: Landed, from: LoadedPage): LoadedPage {
  return { ...from, token, visit };
}
