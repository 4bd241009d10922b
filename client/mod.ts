/**
 * For scripts of a page: calls of reflexes, what becomes of them, and behaviours for elements. The client itself runs on
 * every page by itself; anywhere else, importing this does nothing. `connectSync` and `connectEvents` are for
 * other programs as well.
 *
 * ```ts
 * import { reflex, ReflexError } from "@argyle/argyle/client";
 * import { action, Reflex } from "@argyle/argyle";
 * import { z } from "zod";
 *
 * class Counter extends Reflex {
 *   add = action(z.int(), (by): number => this.session.count += by);
 * }
 *
 * async function add(by: number): Promise<string> {
 *   try {
 *     return `now ${await reflex<Counter>("Counter").add(by)}`;
 *   } catch (error) {
 *     return error instanceof ReflexError ? error.message : "?";
 *   }
 * }
 * ```
 *
 * @module
 */

export { type Behavior, behavior } from "./behavior.ts";
export { connectEvents, type ConnectEventsOptions, type EventIssue, EventsError } from "./connect_events.ts";
export type {
  EventAnswer,
  EventsClient,
  EventsMessage,
  EventsOf,
  EventsStatus,
  SendInput,
  SendOptions,
} from "./events_types.ts";
export { connectSync, type ConnectSyncOptions } from "./connect_sync.ts";
export { navigate, type NavigateOptions } from "./go_to.ts";
export { type MorphHook, morphHook } from "./morph_hook.ts";
export { operation } from "./operation.ts";
export type { Detail as OperationDetail } from "./own_operation.ts";
export { perform } from "./perform_operations.ts";
export { reflex, type ReflexOptions, type RemoteAction, type RemoteReflex } from "./reflex.ts";
export type { ReflexMember } from "../protocol/reflex_member.ts";
export { ReflexError } from "./core.ts";
export type { ReflexDetail, ReflexEvent, ReflexStage } from "./reflex_event.ts";
