/**
 * SockSync: variables, ordered lists and functions that two ends of a line have in common. What one end owns, the other
 * sees change, or calls; either may own.
 *
 * ```ts
 * import { action, anyone, App } from "@argyle/argyle";
 * import { list, variable } from "@argyle/argyle/socksync";
 * import { z } from "zod";
 *
 * const price = variable(42);
 * const todos = list(["Buy tea"], { maxPageSize: 25 });
 * const app = new App();
 * const sync = app.sync("/ws/socksync", {
 *   price,
 *   todos,
 *   add: action(z.object({ a: z.number(), b: z.number() }), ({ a, b }) => a + b),
 * }, { authorize: anyone });
 * await price.update((value) => value + 1); // every subscriber has it, on every isolate
 * ```
 *
 * @module
 */

export { action } from "../protocol/action.ts";
export { type ArraySource, arraySource } from "./array_source.ts";
export type { Authorize, GroupContext, GroupVerb } from "./group.ts";
export type { Group, Groups, GroupsOf, Kinds, SyncPeer } from "./groups.ts";
export { List, list, type ListOptions } from "./list.ts";
export { Peer } from "./peer.ts";
export type { PeerOptions } from "./peer_options.ts";
export type {
  CallInput,
  CallOptions,
  RemoteFunction,
  RemoteList,
  RemoteVariable,
  Status,
  Unsubscribe,
  Watched,
} from "./remote.ts";
export type { ListChange, ListSlice, ListSource, ListStep, ListWatch } from "./source.ts";
export { SyncError } from "./sync_error.ts";
export type { Transport } from "./transport.ts";
export { Variable, variable, type VariableOptions } from "./variable.ts";
