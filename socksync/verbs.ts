/**
 * Which frames there are about which groups, and who says them.
 *
 * @module
 */

import type { GroupType } from "./frames.ts";

/** What a subscriber says. */
const asked: Readonly<Record<GroupType, readonly string[]>> = {
  var: ["subscribe", "unsubscribe", "get"],
  list: ["subscribe", "unsubscribe", "get"],
  function: ["subscribe", "unsubscribe", "call"],
};

/** What an owner says of its groups. */
const said: Readonly<Record<GroupType, readonly string[]>> = {
  var: ["set"],
  list: ["set_all", "set_count", "insert", "add", "set", "delete"],
  function: ["return"],
};

/** Whether something is a kind of group. */
export function isType(type: unknown): type is GroupType {
  return typeof type === "string" && Object.hasOwn(asked, type);
}

/** Whether a frame is about a group of whoever gets it. */
export function isForOwner(type: GroupType, func: unknown): boolean {
  return asked[type].includes(func as string);
}

/** Whether a frame is about a group of whoever has sent it. */
export function isOfOwner(type: GroupType, func: unknown): boolean {
  return said[type].includes(func as string);
}
