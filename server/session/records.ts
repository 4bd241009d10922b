/**
 * What is kept of a session and of its visits, and how a call changes it: all at once, or not at all.
 *
 * | key | holds |
 * | --- | --- |
 * | `APP:i:SESSION` | who it is, since the login; or that the session has ended |
 * | `APP:s:SESSION` | the session's values |
 * | `APP:x:SESSION` | which visits have a record, oldest first, and until when others had |
 * | `APP:v:SESSION:VISIT` | the page's state, the mark and the outcomes |
 * | `APP:t:TICKET` | a login or logout that waits for its fetch |
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Json } from "../../protocol/frames.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Check, Entry, Store, Write } from "./store.ts";

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
  readonly ticket?: string;
}

/** A visit's record, read. */
export interface VisitRecord {
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
}

/** Whether a visit's record may have made room for others, so that nothing it sends can be known to be new. */
export function isForgotten(seen: Snapshot, sealedAt: number): boolean {
  return seen.entries.visit === null && sealedAt <= seen.forgottenUntil;
}

/** What a call wants to keep. */
export interface Change {
  /** The session's values as JSON text; left out where they did not change. */
  readonly values?: string;
  /** Whether the call has looked at the session, so that the values it saw must still be true. */
  readonly read: boolean;
  /** The page's state; left out where it did not change. */
  readonly state?: Json | undefined;
  /** The mark: this call has happened, and this is what became of it. */
  readonly outcome: StoredOutcome;
  /** Outcomes up to this number have reached the browser. */
  readonly acknowledged: number;
  /** A login (a user) or a logout (`null`) that takes effect when the ticket is redeemed. */
  readonly ticket?: { readonly id: string; readonly user: string | null };
}

// Outcomes share the record with the state: older ones give up their text first.
const OUTCOME_BYTES = 24 * 1024;

/** The records of one app in a store. */
export class Records {
  readonly #store: Store;
  readonly #app: string;
  readonly #limits: Limits;
  readonly #clock: Clock;

  /** @param app the app's name and base, so that two apps may share a store */
  constructor(store: Store, app: string, limits: Limits, clock: Clock) {
    this.#store = store;
    this.#app = app;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Reads what is known of a session and a visit. */
  async read(session: string, visit: string): Promise<Snapshot> {
    const [identity = null, values = null, index = null, record = null] = await this.#store.get([
      this.#key("i", session),
      this.#key("s", session),
      this.#key("x", session),
      this.#key("v", session, visit),
    ]);
    return snapshot({ identity, session: values, index, visit: record });
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
    const now = this.#clock.now();
    const { entries } = seen;
    const record = this.#visitRecord(seen.visit, change);
    const checks: Check[] = [
      { key: this.#key("i", session), version: entries.identity?.version ?? null },
      { key: this.#key("v", session, visit), version: entries.visit?.version ?? null },
    ];
    const visitText = this.#text("page state", visitJson(record));
    const writes: Write[] = [
      { key: this.#key("v", session, visit), value: visitText, expiresAt: now + this.#limits.token },
    ];
    let values = entries.session, index = entries.index;
    if (change.read || change.values !== undefined) {
      checks.push({ key: this.#key("s", session), version: entries.session?.version ?? null });
    }
    if (change.values !== undefined) {
      const value = this.#text("session", change.values);
      writes.push({ key: this.#key("s", session), value, expiresAt: now + this.#limits.session });
      values = { value, version: "" };
    }
    if (entries.visit === null) {
      const value = this.#enlist(session, visit, index, checks, writes);
      index = { value, version: "" };
    }
    if (change.ticket !== undefined) {
      const value = JSON.stringify({ session, user: change.ticket.user });
      writes.push({ key: this.#key("t", change.ticket.id), value, expiresAt: now + this.#limits.ticket });
    }
    const version = await this.#store.commit(checks, writes);
    if (version === null) return undefined;
    const renewed = (entry: Entry | null) => entry?.version === "" ? { value: entry.value, version } : entry;
    return snapshot({
      identity: entries.identity,
      session: renewed(values),
      index: renewed(index),
      visit: { value: visitText, version },
    });
  }

  /**
   * Redeems a ticket for the session whose browser brings it: the values move to a session with a new id and a new
   * identity, the old one ends.
   *
   * @returns what it was for, or `undefined` where it was not good or somebody else had redeemed it
   */
  async redeem(ticket: string, session: string, renewed: string): Promise<"login" | "logout" | undefined> {
    const now = this.#clock.now();
    const keys = [this.#key("t", ticket), this.#key("i", session), this.#key("s", session)];
    const [waiting = null, identity = null, values = null] = await this.#store.get(keys);
    if (waiting === null) return undefined;
    const { session: owner, user } = JSON.parse(waiting.value) as { session: string; user: string | null };
    if (owner !== session) {
      // Posted by somebody else's browser: the ticket is burnt, not passed on.
      await this.#store.commit([], [{ key: keys[0]!, value: null, expiresAt: now }]);
      return undefined;
    }
    const expiresAt = now + this.#limits.session;
    const writes: Write[] = [
      { key: keys[0]!, value: null, expiresAt },
      { key: keys[1]!, value: JSON.stringify({ endedAt: now }), expiresAt },
      { key: keys[2]!, value: null, expiresAt },
    ];
    // A logout leaves nothing behind: the new session begins empty.
    if (user !== null) {
      writes.push({ key: this.#key("i", renewed), value: JSON.stringify({ user }), expiresAt });
      if (values !== null) writes.push({ key: this.#key("s", renewed), value: values.value, expiresAt });
    }
    const checks = [waiting, identity, values].map((entry, at) => ({
      key: keys[at]!,
      version: entry?.version ?? null,
    }));
    if (await this.#store.commit(checks, writes) === null) return undefined;
    return user === null ? "logout" : "login";
  }

  // Adds a visit to the session's list; the oldest beyond the limit goes, with its record.
  #enlist(session: string, visit: string, entry: Entry | null, checks: Check[], writes: Write[]): string {
    const key = this.#key("x", session);
    const index = readIndex(entry);
    const now = this.#clock.now(), expiresAt = now + this.#limits.session;
    const visits = [...index.visits, [visit, now] as const];
    let { forgottenUntil } = index;
    for (const [old, since] of visits.splice(0, Math.max(0, visits.length - this.#limits.visits))) {
      writes.push({ key: this.#key("v", session, old), value: null, expiresAt });
      forgottenUntil = since;
    }
    const value = JSON.stringify([forgottenUntil, ...visits.flat()]);
    checks.push({ key, version: entry?.version ?? null });
    writes.push({ key, value, expiresAt });
    return value;
  }

  #visitRecord(seen: VisitRecord, change: Change): VisitRecord {
    const outcomes = seen.outcomes.filter(({ n }) => n > change.acknowledged);
    outcomes.push(change.outcome);
    outcomes.splice(0, Math.max(0, outcomes.length - this.#limits.outcomes));
    let bytes = 0;
    for (const [index, outcome] of [...outcomes.entries()].reverse()) {
      bytes += outcome.frame?.length ?? 0;
      if (bytes > OUTCOME_BYTES && outcome !== change.outcome) outcomes[index] = { ...outcome, frame: null };
    }
    const state = "state" in change ? change.state : seen.state;
    return { state, last: change.outcome.n, outcomes };
  }

  #text(what: string, text: string): string {
    const bytes = text.length * 3 <= this.#limits.record ? 0 : new TextEncoder().encode(text).length;
    if (bytes > this.#limits.record) throw new RecordTooLarge(what, bytes, this.#limits.record);
    return text;
  }

  #key(...parts: string[]): string {
    return `${this.#app}:${parts.join(":")}`;
  }
}

function snapshot(entries: Snapshot["entries"]): Snapshot {
  const { user, endedAt } = entries.identity === null
    ? {} as { user?: string; endedAt?: number }
    : JSON.parse(entries.identity.value);
  const identity = entries.identity?.version ?? "0";
  return {
    user,
    endedAt,
    values: entries.session?.value ?? "{}",
    visit: visitRecord(entries.visit),
    forgottenUntil: readIndex(entries.index).forgottenUntil,
    version: [identity, entries.session?.version ?? "0", entries.visit?.version ?? "0"].join("."),
    identity,
    entries,
  };
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
function visitJson({ state, last, outcomes }: VisitRecord): string {
  const list = outcomes.map(({ n, hash, frame, ticket }) =>
    ticket ? [n, hash, frame, ticket] : [n, hash, frame]
  );
  return JSON.stringify({ s: state, n: last, o: list });
}

function visitRecord(entry: Entry | null): VisitRecord {
  if (entry === null) return { state: undefined, last: 0, outcomes: [] };
  const { s, n, o } = JSON.parse(entry.value) as {
    s?: Json;
    n: number;
    o: [number, string, string | null, string?][];
  };
  const outcomes = o.map(([n, hash, frame, ticket]) => ({ n, hash, frame, ...(ticket ? { ticket } : {}) }));
  return { state: s, last: n, outcomes };
}
