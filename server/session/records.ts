/**
 * What is kept of a session and of its visits, and how a call changes it: all at once, or not at all.
 *
 * | key | holds |
 * | --- | --- |
 * | `APP:i:{SESSION}` | who it is, since the login; or that the session has ended |
 * | `APP:s:{SESSION}` | the session's values, and messages for its next page |
 * | `APP:x:{SESSION}` | which visits have a record, oldest first, and until when others had |
 * | `APP:v:{SESSION}:VISIT` | the page's state, its messages, the mark and the outcomes |
 * | `APP:q:{SESSION}`, `APP:w:{SESSION}` | whose call is to be let pass, and who waits to be: see `claims.ts` |
 * | `APP:a:{SESSION}:VISIT` | calls that have something left to be done: see `afterwork.ts` |
 * | `APP:t:TICKET` | a login, a logout or cookies that wait for their fetch |
 * | `APP:u:{USER}` | the sessions of a user |
 *
 * The braces are part of the key, and tell a store which keys are changed together.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Json } from "../../protocol/frames.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { NewCookie } from "../http/cookie.ts";
import type { Publication } from "../engine/bus.ts";
import { KnownSnapshots } from "./_known.ts";
import { Names, tag } from "./_names.ts";
import { Afterwork, type Unfinished } from "./afterwork.ts";
import { Claims } from "./claims.ts";
import {
  type Flash,
  type FlashPlace,
  flatFlash,
  noFlash,
  placeFlash,
  readFlash,
  readSession,
  sessionText,
  type VisitFlash,
} from "./flash.ts";
import type { Check, Entry, Store, Write } from "../engine/store.ts";

/** A record was too large to be kept. */
export class RecordTooLarge extends RangeError {
  /** @param what the record's kind, for people; `bytes` of at most `limit` */
  constructor(what: string, bytes: number, limit: number) {
    super(`Cannot keep the ${what}: ${bytes} bytes of at most ${limit}.`);
    this.name = "RecordTooLarge";
  }
}

/** The outcome of a call, as it was sent and will be sent again. */
export interface StoredOutcome {
  /** The call's number. */
  readonly n: number;
  /** Of the call's frame: another frame under the same number is refused. */
  readonly hash: string;
  /** The frame that tells the outcome; `null` where it was too much to keep. */
  readonly frame: string | null;
  /** The ticket that a login left for the browser. */
  readonly ticket?: string | undefined;
  /** The path that the browser is led to. */
  readonly to?: string | undefined;
  /** Whether that takes the place of the page in the browser's history. */
  readonly replaces?: boolean | undefined;
  /** What the page is to do besides, as JSON. */
  readonly operations?: string | undefined;
}

/** A visit's record, read. */
export interface VisitRecord extends VisitFlash {
  /** The page's state; `undefined` before a reflex has set it. */
  readonly state: Json | undefined;
  /** The number of the last call that was committed. */
  readonly last: number;
  /** Outcomes that the browser has not acknowledged. */
  readonly outcomes: readonly StoredOutcome[];
}

/** Everything that is known of a session and one of its visits at one moment. */
export interface Snapshot {
  /** Who it is; `undefined` before a login. */
  readonly user: string | undefined;
  /** When the session ended because another took its place, in milliseconds since 1970. */
  readonly endedAt: number | undefined;
  /** The session's values as JSON text, `"{}"` where there is no record. */
  readonly values: string;
  /** Messages that wait for the session's next page. */
  readonly flash: readonly Flash[];
  /** The visit's record. */
  readonly visit: VisitRecord;
  /**
   * Visits from up to this time (milliseconds since 1970) may have had a record that made room for others: without a
   * record it is not known what their browsers have sent before.
   */
  readonly forgottenUntil: number;
  /** Equal as long as none of these was written. */
  readonly version: string;
  /** Changes when who it is changes. */
  readonly identity: string;
  /** What the store gave, for the checks of a commit. */
  readonly entries: Readonly<Record<"identity" | "session" | "index" | "visit", Entry | null>>;
  /** The keys of these, in this order, and of the claim. */
  readonly keys: readonly [identity: string, session: string, index: string, visit: string, claim: string];
  /** The call that is to be let pass; `null` where there is none. */
  readonly claim: Entry | null;
  /** Whether that is the call for which this was read: its commit ends the claim. */
  readonly isClaimed?: true;
}

/** Whether a visit's record may have made room for others, so that nothing it sends can be known to be new. */
export function isForgotten(seen: Snapshot, sealedAt: number): boolean {
  return seen.entries.visit === null && sealedAt <= seen.forgottenUntil;
}

/** What waits until the browser fetches it. */
export interface Ticket {
  /** 128 random bits, base64url. */
  readonly id: string;
  /** A login (a user) or a logout (`null`); left out where it is neither. */
  readonly user?: string | null;
  /** Cookies of the app's own. */
  readonly cookies?: readonly NewCookie[];
  /** `Set-Cookie` headers, as an answer had them. */
  readonly setCookies?: readonly string[];
}

/** What a call wants to keep. */
export interface Change {
  /** The session's values as JSON text; left out where they did not change. */
  readonly values?: string | undefined;
  /** Whether the call has looked at the session, so that the values it saw must still be true. */
  readonly read: boolean;
  /** The page's state; left out where it did not change. */
  readonly state?: Json | undefined;
  /** The mark: this call has happened, and this is what became of it. */
  readonly outcome: StoredOutcome;
  /** Messages for the person, and where they are to be seen; left out where the call has failed. */
  readonly flash?: { readonly added: readonly Flash[]; readonly place: FlashPlace };
  /** Outcomes up to this number have reached the browser. */
  readonly acknowledged: number;
  /** What takes effect when the ticket is redeemed. */
  readonly ticket?: Ticket | undefined;
  /** What other isolates are told of it. */
  readonly publication?: Publication | undefined;
  /** What has to be known of the call, where it has something left to be done. */
  readonly unfinished?: Unfinished | undefined;
}

// Outcomes share the record with the state: older ones give up their text first.
const OUTCOME_BYTES = 24 * 1024;

/** The records of one app in a store. */
export class Records {
  readonly #store: Store;
  readonly #names: Names;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #known = new KnownSnapshots();
  /** Whose call is to be let pass. */
  readonly claims: Claims;
  /** What is left of calls after their commits. */
  readonly afterwork: Afterwork;

  /** @param app the app's name and base, so that two apps may share a store */
  constructor(store: Store, app: string, limits: Limits, clock: Clock) {
    this.#store = store;
    this.#names = new Names(app);
    this.#limits = limits;
    this.#clock = clock;
    const { key } = this.#names;
    const keys = (session: string) => [key("q", tag(session)), key("w", tag(session))] as const;
    this.claims = new Claims(store, keys, clock);
    this.afterwork = new Afterwork(store, (own, visit) => key("a", `${tag(own)}:${visit}`), limits, clock);
  }

  /** Reads what is known of a session and a visit. */
  async read(session: string, visit: string): Promise<Snapshot> {
    const known = this.#known.get(session, visit);
    const keys = known?.keys ?? this.#keys(session, visit);
    return snapshot(keys, await this.#store.get(keys), known);
  }

  /**
   * Commits what a call has done, with its mark.
   *
   * @returns the snapshot as it is now, or `undefined` where something that the call relied on has changed meanwhile
   * @throws RecordTooLarge for values or a state above `limits.record`
   */
  async commit(
    session: string,
    visit: string,
    seen: Snapshot,
    change: Change,
  ): Promise<Snapshot | undefined> {
    // All of it is made elsewhere: what an async function has in hand is stored while it waits.
    const left = change.unfinished === undefined
      ? undefined
      : await this.afterwork.add(session, visit, change.unfinished);
    const wanted = this.#wanted(session, visit, seen, change);
    if (left !== undefined) {
      wanted.checks.push(left.check);
      wanted.writes.push(left.write);
    }
    const version = await this.#store.commit(wanted.checks, wanted.writes, change.publication);
    if (version === null) return undefined;
    const next = committed(seen, wanted, version);
    this.#known.keep(session, visit, next);
    return next;
  }

  #wanted(session: string, visit: string, seen: Snapshot, change: Change): Wanted {
    const now = this.#clock.now();
    const { entries, keys: [identityKey, sessionKey, , visitKey, claimKey] } = seen;
    const { record, forNextPage } = visitRecord(seen.visit, change, this.#limits.outcomes);
    const text = this.#text("page state", visitJson(record));
    const who: Check = { key: identityKey, version: versionOf(entries.identity) };
    const mark: Check = { key: visitKey, version: versionOf(entries.visit) };
    const write: Write = { key: visitKey, value: text, expiresAt: now + this.#limits.token };
    // Lists of their exact length: one that grows has room for sixteen more.
    let checks = [who, mark], writes = [write];
    const flash = forNextPage.length === 0 ? seen.flash : [...seen.flash, ...forNextPage];
    const values = change.values ?? (flash === seen.flash ? undefined : seen.values);
    if (change.read || values !== undefined) {
      checks = [who, mark, { key: sessionKey, version: versionOf(entries.session) }];
    }
    const sessionValue = values === undefined ? undefined : sessionText(values, flash);
    if (sessionValue !== undefined) {
      const value = this.#text("session", sessionValue);
      writes = [write, { key: sessionKey, value, expiresAt: now + this.#limits.session }];
    }
    const list = entries.visit === null ? this.#enlist(session, visit, seen, checks, writes) : undefined;
    if (change.ticket !== undefined) {
      const { id, user, cookies } = change.ticket;
      const value = this.#text("ticket", JSON.stringify({ session, user, cookies }));
      writes.push({ key: this.#names.key("t", id), value, expiresAt: now + this.#limits.ticket });
    }
    if (seen.isClaimed) writes.push({ key: claimKey, value: null, expiresAt: now });
    return { checks, writes, record, text, session: sessionValue, list };
  }

  /**
   * The messages of a session have been shown.
   *
   * @returns the snapshot as it is now, or `undefined` where the session was written meanwhile
   */
  async takeFlash(seen: Snapshot): Promise<Snapshot | undefined> {
    const { entries, keys, values } = seen;
    const write = { key: keys[1], value: values, expiresAt: this.#clock.now() + this.#limits.session };
    const version = await this.#store.commit([{ key: keys[1], version: versionOf(entries.session) }], [
      write,
    ]);
    if (version === null) return undefined;
    const session = { value: values, version };
    return makeSnapshot(keys, { ...entries, session }, seen, seen.visit, seen.forgottenUntil);
  }

  /** Keeps what no call has left behind, but a page that a socket went to. */
  async keepTicket(session: string, { id, setCookies }: Ticket): Promise<void> {
    const value = this.#text("ticket", JSON.stringify({ session, setCookies }));
    const expiresAt = this.#clock.now() + this.#limits.ticket;
    await this.#store.commit([], [{ key: this.#names.key("t", id), value, expiresAt }]);
  }

  // Adds a visit to the session's list; the oldest beyond the limit goes, with its record.
  #enlist(
    session: string,
    visit: string,
    { entries, keys: [, , key] }: Snapshot,
    checks: Check[],
    writes: Write[],
  ): VisitList {
    const index = readIndex(entries.index);
    const now = this.#clock.now(), expiresAt = now + this.#limits.session;
    const visits = [...index.visits, [visit, now] as const];
    let { forgottenUntil } = index;
    for (const [old, since] of visits.splice(0, Math.max(0, visits.length - this.#limits.visits))) {
      writes.push({ key: this.#names.key("v", `${tag(session)}:${old}`), value: null, expiresAt });
      forgottenUntil = since;
    }
    const text = JSON.stringify([forgottenUntil, ...visits.flat()]);
    checks.push({ key, version: versionOf(entries.index) });
    writes.push({ key, value: text, expiresAt });
    return { text, forgottenUntil };
  }

  #text(what: string, text: string): string {
    const bytes = text.length * 3 <= this.#limits.record ? 0 : new TextEncoder().encode(text).length;
    if (bytes > this.#limits.record) throw new RecordTooLarge(what, bytes, this.#limits.record);
    return text;
  }

  #keys(session: string, visit: string): Snapshot["keys"] {
    const { key } = this.#names, own = tag(session);
    return [key("i", own), key("s", own), key("x", own), key("v", `${own}:${visit}`), key("q", own)];
  }
}

/** The list of a session's visits. */
interface VisitList {
  readonly text: string;
  readonly forgottenUntil: number;
}

/** A commit that is still to be made. */
interface Wanted {
  readonly checks: Check[];
  readonly writes: Write[];
  /** The visit's record, and as text. */
  readonly record: VisitRecord;
  readonly text: string;
  /** What else is written, if it is. */
  readonly session: string | undefined;
  readonly list: VisitList | undefined;
}

function versionOf(entry: Entry | null): string | null {
  return entry === null ? null : entry.version;
}

// A record is parsed once: an entry of an equal version holds what it held.
function snapshot(
  keys: Snapshot["keys"],
  [identity = null, session = null, index = null, visit = null, claim = null]: readonly (Entry | null)[],
  known: Snapshot | undefined,
): Snapshot {
  const isKnown = known !== undefined && isEqual(visit, known.entries.visit);
  if (
    isKnown && isEqual(session, known.entries.session) && isEqual(identity, known.entries.identity) &&
    isEqual(index, known.entries.index)
  ) {
    return claim === null ? known : { ...known, claim };
  }
  const who: { user?: string; endedAt?: number } = identity === null ? {} : JSON.parse(identity.value);
  const record = isKnown ? known.visit : readVisit(visit);
  const { forgottenUntil } = readIndex(index);
  return makeSnapshot(keys, { identity, session, index, visit }, who, record, forgottenUntil, claim);
}

function isEqual(entry: Entry | null, known: Entry | null): boolean {
  return entry === known || (entry !== null && known !== null && entry.version === known.version);
}

// What was just written need not be read.
function committed(
  seen: Snapshot,
  { record, text, session: written, list }: Wanted,
  version: string,
): Snapshot {
  const { identity, session, index } = seen.entries;
  const entries = {
    identity,
    session: written === undefined ? session : { value: written, version },
    index: list === undefined ? index : { value: list.text, version },
    visit: { value: text, version },
  };
  return makeSnapshot(seen.keys, entries, seen, record, list?.forgottenUntil ?? seen.forgottenUntil);
}

function makeSnapshot(
  keys: Snapshot["keys"],
  entries: Snapshot["entries"],
  { user, endedAt }: { readonly user?: string | undefined; readonly endedAt?: number | undefined },
  visit: VisitRecord,
  forgottenUntil: number,
  claim: Entry | null = null,
): Snapshot {
  const identity = entries.identity?.version ?? "0";
  const { values, flash } = readSession(entries.session?.value ?? "{}");
  return {
    user,
    endedAt,
    values,
    flash,
    visit,
    forgottenUntil,
    version: `${identity}.${entries.session?.version ?? "0"}.${entries.visit?.version ?? "0"}`,
    identity,
    entries,
    keys,
    claim,
  };
}

/** What becomes of a visit's record by a call. @param most outcomes that are kept */
function visitRecord(
  seen: VisitRecord,
  change: Change,
  most: number,
): { record: VisitRecord; forNextPage: readonly Flash[] } {
  // A list of its exact length, since it is kept: one that grows has room for sixteen more.
  const outcomes = seen.outcomes.filter(({ n }) => n > change.acknowledged).concat(change.outcome);
  if (outcomes.length > most) outcomes.splice(0, outcomes.length - most);
  let bytes = 0;
  for (let i = outcomes.length - 1; i >= 0; i--) {
    const outcome = outcomes[i]!;
    bytes += (outcome.frame?.length ?? 0) + (outcome.operations?.length ?? 0);
    if (bytes > OUTCOME_BYTES && outcome !== change.outcome) {
      outcomes[i] = { ...outcome, frame: null, operations: undefined };
    }
  }
  const state = change.state === undefined ? seen.state : change.state, last = change.outcome.n;
  const { flash, isUnseen, forNextPage } = change.flash === undefined
    ? { ...seen, forNextPage: noFlash }
    : placeFlash(seen, change.flash.added, change.flash.place);
  return { record: { state, last, outcomes, flash, isUnseen }, forNextPage };
}

// [forgottenUntil, visit, since its first call, visit, since …]
function readIndex(entry: Entry | null): { forgottenUntil: number; visits: (readonly [string, number])[] } {
  const [forgottenUntil = 0, ...flat] = entry === null
    ? []
    : JSON.parse(entry.value) as [number, ...unknown[]];
  const visits: (readonly [string, number])[] = [];
  for (let i = 0; i < flat.length; i += 2) visits.push([flat[i] as string, flat[i + 1] as number]);
  return { forgottenUntil, visits };
}

// One letter a key: the record is written at every call.
function visitJson({ state, last, outcomes, flash, isUnseen }: VisitRecord): string {
  const list = outcomes.map(({ n, hash, frame, ticket = "", to = "", operations = "", replaces }) => {
    if (replaces) return [n, hash, frame, ticket, to, operations, 1];
    if (operations !== "") return [n, hash, frame, ticket, to, operations];
    return to !== ""
      ? [n, hash, frame, ticket, to]
      : ticket !== ""
      ? [n, hash, frame, ticket]
      : [n, hash, frame];
  });
  const messages = flash.length === 0 ? undefined : [isUnseen, ...flatFlash(flash)];
  return JSON.stringify({ s: state, n: last, o: list, f: messages });
}

function readVisit(entry: Entry | null): VisitRecord {
  if (entry === null) return { state: undefined, last: 0, outcomes: [], flash: noFlash, isUnseen: false };
  const { s, n, o, f: [isUnseen, ...flat] = [false] } = JSON.parse(entry.value) as {
    s?: Json;
    n: number;
    o: [number, string, string | null, string?, string?, string?, 1?][];
    f?: [boolean, ...string[]];
  };
  const outcomes = o.map(([n, hash, frame, ticket, to, operations, replaces]) => ({
    n,
    hash,
    frame,
    ...(ticket ? { ticket } : {}),
    ...(to ? { to } : {}),
    ...(operations ? { operations } : {}),
    ...(replaces ? { replaces: true } : {}),
  }));
  return { state: s, last: n, outcomes, flash: flat.length === 0 ? noFlash : readFlash(flat), isUnseen };
}
