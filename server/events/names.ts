/**
 * Names of events.
 *
 * @module
 */

import type { Action } from "../../protocol/action.ts";

/**
 * The event that a member handles; see `EventName`.
 *
 * @throws TypeError for one without a name
 */
export function eventName(key: string, { options: { event } }: Pick<Action, "options">): string {
  const name = event ?? strip(key);
  if (typeof name === "string" && name !== "") return name;
  throw new TypeError(`Cannot handle ${JSON.stringify(key)}: nothing is left as the name of its event.`);
}

// One prefix alone: `on_on_air` handles `on_air`.
function strip(key: string): string {
  for (const prefix of ["on", "handle"]) {
    if (key === prefix) return "";
    if (key.startsWith(`${prefix}_`)) return key.slice(prefix.length + 1);
    const rest = key.startsWith(prefix) ? key.slice(prefix.length) : "", [first = ""] = rest;
    if (first !== first.toLowerCase()) return first.toLowerCase() + rest.slice(first.length);
  }
  return key;
}
