/**
 * The sealed page data: what a page carries, so that its socket can be told what it is.
 *
 * @module
 */

import type { KeyRing } from "../seal/key_ring.ts";

/** The page that a socket has come from: calls up to this number were made there, whoever sends them once more. */
export interface Former {
  readonly visit: string;
  readonly last: number;
}

/** What is known of a page that was sent. The browser carries it and cannot read it. */
export interface PageData {
  /** 128 random bits: this visit of this page. */
  readonly visit: string;
  /** Path and query of the page's URL. */
  readonly path: string;
  /** Of the render that was sent. */
  readonly hash: string;
  /** The version of the state that it shows. */
  readonly state: string;
  /** Who it was for. */
  readonly identity: string;
  /** Whether it depends on topics, or is shared: an isolate that has not seen it does not know what has changed. */
  readonly isWatched: boolean;
  /** `undefined` for a page that was loaded. */
  readonly former: Former | undefined;
}

/** Page data that came back. */
export interface OpenedPage extends PageData {
  /** When the page was sent, in milliseconds since 1970. */
  readonly sealedAt: number;
}

/** Seals page data for one session and one build. */
export function sealPage(keys: KeyRing, session: string, build: string, data: PageData): Promise<string> {
  const { visit, path, hash, state, identity, isWatched, former } = data;
  const list = [visit, path, hash, state, identity, isWatched ? 1 : 0];
  const text = JSON.stringify(former === undefined ? list : [...list, former.visit, former.last]);
  return keys.seal("page", `${session} ${build}`, text);
}

/**
 * Opens page data.
 *
 * @param maxAge milliseconds
 * @returns the data, or `undefined` for what was not sealed for this session by this build in this time
 */
export async function openPage(
  keys: KeyRing,
  session: string,
  build: string,
  token: string,
  maxAge: number,
): Promise<OpenedPage | undefined> {
  const opened = await keys.open("page", `${session} ${build}`, token, maxAge);
  if (opened === undefined) return undefined;
  const [visit, path, hash, state, identity, watched, before, last] = JSON.parse(opened.text) as (
    | string
    | number
  )[];
  return {
    visit: visit as string,
    path: path as string,
    hash: hash as string,
    state: state as string,
    identity: identity as string,
    isWatched: watched === 1,
    former: before === undefined ? undefined : { visit: before as string, last: last as number },
    sealedAt: opened.sealedAt,
  };
}

/** The name of a new visit. */
export function makeVisit(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true });
}
