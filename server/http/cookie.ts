/**
 * Cookies of an app's own.
 *
 * @module
 */

import { stringifySetCookie } from "cookie";

/**
 * How a cookie is kept. It is sent to this site alone, and over https only where the page came that way.
 *
 * @example
 * ```ts
 * import { Reflex } from "@argyle/argyle";
 * import type { CookieOptions } from "@argyle/argyle/types";
 * const aYear: CookieOptions = { maxAge: 365 * 24 * 3600, httpOnly: false };
 * class Settings extends Reflex {
 *   dark() {
 *     this.cookie("theme", "dark", aYear);
 *   }
 * }
 * ```
 */
export interface CookieOptions {
  /** Seconds that it is kept; where left out, until the browser is closed. */
  readonly maxAge?: number;
  /** The path below which it is sent; `/` where left out. */
  readonly path?: string;
  /** Whether scripts are kept from reading it; `true` where left out. */
  readonly httpOnly?: boolean;
  /** `strict` keeps it back where a link of another site leads here; `lax` where left out. */
  readonly sameSite?: "lax" | "strict";
}

/** A cookie that can be written. */
export interface NewCookie extends CookieOptions {
  readonly name: string;
  readonly value: string;
}

// Browsers take 4,096 bytes with name and attributes.
const BYTES = 3800;

/**
 * A cookie, checked.
 *
 * @param value `null` removes it
 * @throws TypeError for a name or an option that cannot be; RangeError for one that is too large
 */
export function newCookie(name: string, value: string | null, options: CookieOptions): NewCookie {
  const { maxAge, path = "/", httpOnly = true, sameSite = "lax" } = options;
  const what = `Cannot set the cookie ${JSON.stringify(name)}`;
  // The prefix is that of session cookies, this app's or its neighbour's; with `__` browsers read more into a name.
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(name) || /^(__|argyle-)/i.test(name)) {
    throw new TypeError(
      `${what}: a name is letters, digits, "_" and "-", and begins with neither "__" nor "argyle-".`,
    );
  }
  if (value !== null && typeof value !== "string") throw new TypeError(`${what}: its value is no text.`);
  if (!/^\/[!-:<-~]*$/.test(path)) throw new TypeError(`${what}: its path is like "/shop".`);
  if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge >= 0)) {
    throw new TypeError(`${what}: maxAge is a whole number of seconds.`);
  }
  if (sameSite !== "lax" && sameSite !== "strict") {
    throw new TypeError(`${what}: sameSite is "lax" or "strict".`);
  }
  const bytes = encodeURIComponent((value ?? "").toWellFormed()).length + name.length + path.length;
  if (bytes > BYTES) throw new RangeError(`${what}: ${bytes} bytes of at most ${BYTES}.`);
  const kept = value === null ? 0 : maxAge;
  return {
    name,
    value: (value ?? "").toWellFormed(),
    path,
    httpOnly: httpOnly !== false,
    sameSite,
    ...(kept === undefined ? {} : { maxAge: kept }),
  };
}

/** The `Set-Cookie` header of a cookie. */
export function writeCookie(cookie: NewCookie, secure: boolean): string {
  return stringifySetCookie({ ...cookie, secure });
}
