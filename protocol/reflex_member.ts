/**
 * What every reflex has, and no page and no script may call.
 *
 * @module
 */

/**
 * The members of the base class. A test of the server's holds them against it.
 *
 * @example
 * ```ts
 * import type { ReflexMember } from "@argyle/argyle/client";
 * const barred: ReflexMember[] = ["session", "publish"];
 * ```
 */
export type ReflexMember =
  | "abort"
  | "after"
  | "afterCommit"
  | "around"
  | "before"
  | "broadcast"
  | "cookie"
  | "element"
  | "fields"
  | "flash"
  | "forbid"
  | "get"
  | "headers"
  | "id"
  | "invalid"
  | "log"
  | "login"
  | "logout"
  | "match"
  | "morph"
  | "ops"
  | "params"
  | "publish"
  | "push"
  | "redirect"
  | "rescue"
  | "session"
  | "sessionId"
  | "signal"
  | "skipRender"
  | "state"
  | "url"
  | "user"
  | "~needs";
