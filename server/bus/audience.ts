/**
 * Whom operations are for.
 *
 * @module
 */

import { Topic } from "./topic.ts";

/**
 * Whom operations are for: all whose page depends on a topic; or one user, in all of their tabs and browsers.
 *
 * @example
 * ```ts
 * import { App, ops, topic } from "@argyle/argyle";
 * import type { Audience } from "@argyle/argyle/types";
 * const Room = topic("room/:room");
 * const app = new App();
 * const audiences: Audience[] = [Room({ room: "lobby" }), { user: "ann" }];
 * for (const audience of audiences) await app.broadcast(audience, ops().setTitle("Come back"));
 * ```
 */
export type Audience = Topic | { readonly user: string };

/**
 * The same from a reflex: or all tabs of the session that the call is of.
 *
 * @example
 * ```ts
 * import { ops, Reflex } from "@argyle/argyle";
 * class Player extends Reflex {
 *   pause() {
 *     this.broadcast("session", ops().addCssClass("body", "paused"));
 *   }
 * }
 * ```
 */
export type ReflexAudience = Audience | "session";

/** What the pages of a session follow. No topic has such a name. */
export function sessionAddress(session: string): string {
  return `$session/${session}`;
}

/** What the pages of a user follow. */
export function userAddress(user: string): string {
  return `$user/${user}`;
}

/**
 * What the pages of an audience follow.
 *
 * @throws TypeError for what is none
 */
export function addressOf(audience: Audience): string {
  if (audience instanceof Topic) return audience.name;
  const { user } = (audience ?? {}) as { user?: unknown };
  if (typeof user === "string" && user !== "") return userAddress(user);
  throw new TypeError("Cannot broadcast: the audience is a topic, or { user } with a name.");
}

/**
 * What the pages of a session, or of a user, follow.
 *
 * @throws TypeError for what is neither
 */
export function whoseAddress(who: { readonly session: string } | { readonly user: string }): string {
  const { session, user } = (who ?? {}) as { session?: unknown; user?: unknown };
  if (typeof session === "string" && session !== "") return sessionAddress(session);
  if (typeof user === "string" && user !== "") return userAddress(user);
  throw new TypeError("Cannot disconnect: say { session } or { user }, each a text.");
}
