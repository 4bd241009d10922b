/**
 * Who a session is of: logins and logouts, and whose sessions there are.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Check, Entry, Store, Write } from "../engine/store.ts";
import type { NewCookie } from "../http/cookie.ts";
import { Names, tag } from "./_names.ts";
import { readSession, sessionText } from "./flash.ts";
import type { Ticket } from "./records.ts";

/** What a ticket was good for. */
export interface Redeemed {
  /** Whether the session has a new id. */
  readonly isRenewed: boolean;
  readonly cookies: readonly NewCookie[];
  /** `Set-Cookie` headers, as they are. */
  readonly setCookies: readonly string[];
}

/** The record of who a session is of. */
interface Identity {
  readonly user?: string;
  /** When another session took its place, in milliseconds since 1970. */
  readonly endedAt?: number;
}

/** A user's sessions, the oldest first, with when each was logged in. */
type Sessions = readonly (readonly [session: string, since: number])[];

/** So often a login is tried again where another of the same user was quicker. */
const TRIES = 10;

/** The identities of one app's sessions. */
export class Identities {
  readonly #store: Store;
  readonly #names: Names;
  readonly #limits: Pick<Limits, "session" | "sessionsPerUser">;
  readonly #clock: Clock;

  /** @param app the app's name and base, so that two apps may share a store */
  constructor(
    store: Store,
    app: string,
    limits: Pick<Limits, "session" | "sessionsPerUser">,
    clock: Clock,
  ) {
    this.#store = store;
    this.#names = new Names(app);
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Redeems a ticket for the session whose browser brings it. After a login or logout the values move to a session with
   * a new id and a new identity, the old one ends.
   *
   * @returns what it was for, or `undefined` where it was not good or somebody else had redeemed it
   */
  async redeem(ticket: string, session: string, renewed: string): Promise<Redeemed | undefined> {
    const key = this.#names.key("t", ticket);
    for (let tried = 0; tried < TRIES; tried++) {
      const [waiting = null] = await this.#store.get([key]);
      if (waiting === null) return undefined;
      const { session: owner, user, cookies = [], setCookies = [] } = JSON.parse(waiting.value) as
        & Omit<Ticket, "id">
        & { session: string };
      const burn = { key, value: null, expiresAt: this.#clock.now() };
      if (owner !== session) {
        // Posted by somebody else's browser: the ticket is burnt, not passed on.
        await this.#store.commit([], [burn]);
        return undefined;
      }
      const check = checkOf(key, waiting);
      if (user === undefined) {
        return await this.#store.commit([check], [burn]) === null
          ? undefined
          : { isRenewed: false, cookies, setCookies };
      }
      if (await this.#renew(session, renewed, user, [check], [burn])) {
        return { isRenewed: true, cookies, setCookies };
      }
    }
    return undefined;
  }

  /**
   * Makes what was known of a session, or of all sessions of a user, not known any more: calls that run are not
   * committed, and pages are loaded again. They stay who they are.
   */
  async doubt(who: { readonly session: string } | { readonly user: string }): Promise<void> {
    if ("session" in who) return await this.#doubt(who.session, () => true);
    const { user } = who;
    const [entry = null] = await this.#store.get([this.#names.user(user)]);
    for (const [session] of readSessions(entry)) await this.#doubt(session, (known) => known.user === user);
  }

  // The same once more is another version of it.
  async #doubt(session: string, isMeant: (identity: Identity) => boolean): Promise<void> {
    const key = this.#names.key("i", tag(session));
    for (;;) {
      const [entry = null] = await this.#store.get([key]);
      const identity = readIdentity(entry);
      if (identity.endedAt !== undefined || !isMeant(identity)) return;
      const write = {
        key,
        value: JSON.stringify(identity),
        expiresAt: this.#clock.now() + this.#limits.session,
      };
      if (await this.#store.commit([checkOf(key, entry)], [write]) !== null) return;
    }
  }

  // False where somebody was quicker with one of these.
  async #renew(
    session: string,
    renewed: string,
    user: string | null,
    checks: Check[],
    writes: Write[],
  ): Promise<boolean> {
    const now = this.#clock.now(), expiresAt = now + this.#limits.session;
    const { key } = this.#names, keys = [key("i", tag(session)), key("s", tag(session))] as const;
    const [identity = null, values = null] = await this.#store.get(keys);
    const before = readIdentity(identity);
    if (before.endedAt !== undefined) return false;
    checks.push(checkOf(keys[0], identity), checkOf(keys[1], values));
    writes.push({ key: keys[0], value: JSON.stringify({ endedAt: now }), expiresAt });
    writes.push({ key: keys[1], value: null, expiresAt });
    // A logout leaves nothing behind but what it has to say: the new session begins empty.
    if (user !== null) {
      writes.push({ key: key("i", tag(renewed)), value: JSON.stringify({ user }), expiresAt });
      if (values !== null) writes.push({ key: key("s", tag(renewed)), value: values.value, expiresAt });
    } else if (values !== null && readSession(values.value).flash.length > 0) {
      const value = sessionText("{}", readSession(values.value).flash);
      writes.push({ key: key("s", tag(renewed)), value, expiresAt });
    }
    await this.#list(session, before.user, user === null ? undefined : { renewed, user }, checks, writes);
    return await this.#store.commit(checks, writes) !== null;
  }

  // The lists of whoever it was, and of whoever it is.
  async #list(
    session: string,
    before: string | undefined,
    after: { renewed: string; user: string } | undefined,
    checks: Check[],
    writes: Write[],
  ): Promise<void> {
    const now = this.#clock.now(), expiresAt = now + this.#limits.session;
    for (const user of new Set([before, after?.user])) {
      if (user === undefined) continue;
      const key = this.#names.user(user);
      const [entry = null] = await this.#store.get([key]);
      const sessions = readSessions(entry).filter(([own, since]) =>
        own !== session && now - since < this.#limits.session
      );
      if (user === after?.user) sessions.push([after.renewed, now]);
      // Who logs in everywhere is logged out where it is longest ago.
      const over = sessions.splice(0, Math.max(0, sessions.length - this.#limits.sessionsPerUser));
      for (const [old] of over) {
        const value = JSON.stringify({ endedAt: now });
        writes.push({ key: this.#names.key("i", tag(old)), value, expiresAt });
      }
      checks.push(checkOf(key, entry));
      writes.push({ key, value: sessions.length === 0 ? null : JSON.stringify(sessions), expiresAt });
    }
  }
}

function checkOf(key: string, entry: Entry | null): Check {
  return { key, version: entry === null ? null : entry.version };
}

function readIdentity(entry: Entry | null): Identity {
  return entry === null ? {} : JSON.parse(entry.value);
}

function readSessions(entry: Entry | null): (readonly [string, number])[] {
  return entry === null ? [] : [...JSON.parse(entry.value) as Sessions];
}
