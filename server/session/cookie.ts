/**
 * The session cookie: it names a session, and only we can have written it.
 *
 * @module
 */

import { parseCookie, stringifySetCookie } from "cookie";
import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { KeyRing } from "../seal/key_ring.ts";

/** A session as its cookie names it. */
export interface SessionName {
  /** 128 random bits, base64url. */
  readonly id: string;
  /** When the session began, in milliseconds since 1970. */
  readonly created: number;
  /** When the cookie was written, in milliseconds since 1970. */
  readonly writtenAt: number;
}

// A sibling app on another port or subdomain may have planted cookies of our name: a few are tried, no more.
const TRIED = 4;

// Seconds from the answer to a posted form to the page that it leads to.
const CARRIED = 30;

/** Reads and writes the cookie of one app. */
export class SessionCookie {
  readonly #name: string;
  readonly #keys: KeyRing;
  readonly #limits: Limits;
  readonly #clock: Clock;

  /**
   * @param app the app's name and base: cookies ignore ports and we send them for every path, so both go into the
   * cookie's name
   */
  constructor(app: { name: string; base: string }, keys: KeyRing, limits: Limits, clock: Clock) {
    this.#name = `argyle-${app.name}${app.base.replaceAll("-", "--").replaceAll("/", "-")}`
      .replace(/[^A-Za-z0-9_-]/g, "_");
    this.#keys = keys;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** The cookie's name; with `__Host-` browsers take it over https only, from this very host. */
  name(secure: boolean): string {
    return secure ? `__Host-${this.#name}` : this.#name;
  }

  /** The first cookie of our name that verifies and is not too old. */
  async read(header: string | null, secure: boolean): Promise<SessionName | undefined> {
    if (header === null) return undefined;
    const name = this.name(secure);
    // One at a time, because the parser keeps only the first of equal names, and the first may be a planted one.
    const values = header.split(";").map((pair) => parseCookie(pair)[name]).filter((value) =>
      value !== undefined
    );
    for (const value of values.slice(0, TRIED)) {
      const session = await this.#open(value);
      if (session !== undefined) return session;
    }
    return undefined;
  }

  /** A session that nobody has yet. */
  create(): SessionName {
    const now = this.#clock.now();
    const id = crypto.getRandomValues(new Uint8Array(16)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
    return { id, created: now, writtenAt: now };
  }

  /** Whether the cookie is old enough to be written again, so that the idle time counts from a later visit. */
  isStale(session: SessionName): boolean {
    return this.#clock.now() - session.writtenAt > this.#limits.sessionIdle / 7;
  }

  /** The `Set-Cookie` header for a session. */
  async write(session: SessionName, secure: boolean): Promise<string> {
    const left = session.created + this.#limits.session - this.#clock.now();
    return stringifySetCookie({
      name: this.name(secure),
      value: await this.#keys.seal("session", "", `${session.id} ${session.created}`),
      path: "/",
      maxAge: Math.floor(Math.min(this.#limits.sessionIdle, Math.max(0, left)) / 1000),
      httpOnly: true,
      sameSite: "lax",
      secure,
    });
  }

  /** The `Set-Cookie` header by which the next page of a path goes on with a visit, once. */
  async carry(visit: string, path: string, session: string, secure: boolean): Promise<string> {
    return this.#carrier(await this.#keys.seal("visit", `${session} ${path}`, visit), CARRIED, secure);
  }

  /** The visit that a page of this path is to go on with. */
  async carried(
    header: string | null,
    path: string,
    session: string,
    secure: boolean,
  ): Promise<string | undefined> {
    const value = header === null ? undefined : parseCookie(header)[`${this.name(secure)}.visit`];
    if (value === undefined) return undefined;
    return (await this.#keys.open("visit", `${session} ${path}`, value, CARRIED * 1000))?.text;
  }

  /** The `Set-Cookie` header that takes the visit back. */
  arrived(secure: boolean): string {
    return this.#carrier("", 0, secure);
  }

  #carrier(value: string, maxAge: number, secure: boolean): string {
    const name = `${this.name(secure)}.visit`;
    return stringifySetCookie({ name, value, path: "/", maxAge, httpOnly: true, sameSite: "lax", secure });
  }

  async #open(value: string): Promise<SessionName | undefined> {
    const opened = await this.#keys.open("session", "", value, this.#limits.sessionIdle);
    if (opened === undefined) return undefined;
    const [id = "", time] = opened.text.split(" ");
    const created = Number(time);
    if (this.#clock.now() - created > this.#limits.session) return undefined;
    return { id, created, writtenAt: opened.sealedAt };
  }
}
