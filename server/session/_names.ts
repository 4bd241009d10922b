/**
 * How the keys of an app's records are named.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** The keys of one app. */
export class Names {
  readonly #app: string;

  /** @param app the app's name and base */
  constructor(app: string) {
    // Braces of its own would say that all sessions belong together.
    this.#app = app.replaceAll("{", "%7B").replaceAll("}", "%7D");
  }

  /** A key. @param kind a letter; @param name what it is of, with its tag */
  readonly key = (kind: string, name: string): string => `${this.#app}:${kind}:${name}`;

  /** The key of a user's record, whatever their name: it may be long, and others can read keys. */
  user(user: string): string {
    return this.key("u", tag(createHash("sha256").update(user.toWellFormed()).digest("base64url")));
  }
}

/** What belongs to one session, for a store that keeps such keys in one place. */
export function tag(session: string): string {
  return `{${session}}`;
}
