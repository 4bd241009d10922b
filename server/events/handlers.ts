/**
 * What endpoints of events are made of, as types: handlers, by the names of their events.
 *
 * @module
 */

import type { Action } from "../../protocol/action.ts";
import type { Events } from "./events.ts";
import type { EventsEndpoint } from "./events_endpoint.ts";
import type { EventsContext, EventsHooks, Sends } from "./types.ts";

/**
 * Handlers: actions by the names of their events, or by such names behind `on`, `on_`, `handle` or `handle_`.
 *
 * @example
 * ```ts
 * import { action } from "@argyle/argyle";
 * import type { EventHandlers } from "@argyle/argyle/types";
 * import { z } from "zod";
 * const handlers: EventHandlers<unknown> = { onPing: action(z.object({}), () => ({ pong: true })) };
 * ```
 */
// deno-lint-ignore no-explicit-any -- whatever is in it
export type EventHandlers<Context> = { readonly [name: string]: Action<any, any, Context, any> };

/**
 * The name of the event that a member handles: the action's `event`; else the member's name without one leading `on_` or
 * `handle_`, or `on` or `handle` before a capital, which becomes small: `onMessage` handles `message`.
 *
 * @example
 * ```ts
 * import type { EventName } from "@argyle/argyle/types";
 * const names: [EventName<"onMessage">, EventName<"handle_it">, EventName<"online">] = ["message", "it", "online"];
 * ```
 */
export type EventName<Key, A = unknown> = [A] extends // deno-lint-ignore no-explicit-any -- the name alone is looked at
[Action<any, any, any, infer E extends string>] ? string extends E ? EventName<Key> : E
  : Key extends `${"on" | "handle"}_${string}`
    ? Key extends `on_${infer Rest}` | `handle_${infer Rest}` ? Rest : never
  : Key extends `on${infer Rest}` | `handle${infer Rest}`
    ? Rest extends `${infer First}${string}` ? First extends Lowercase<First> ? Key : Uncapitalize<Rest> : Key
  : Key;

/**
 * The actions of an object, or of an instance of a class, by the names of their events.
 *
 * @example
 * ```ts
 * import type { HandledEvents } from "@argyle/argyle/types";
 * import type { Action } from "@argyle/argyle/types";
 * type Handled = HandledEvents<{ onPing: Action<{ at: number }>; other: string }>;
 * const name: keyof Handled = "ping";
 * ```
 */
export type HandledEvents<H> = {
  readonly [
    // deno-lint-ignore no-explicit-any -- whatever is in it
    K in keyof H as H[K] extends Action<any, any, any, any> ? EventName<K, H[K]> : never
  ]: H[K];
};

/**
 * An endpoint of events that waits for its handlers.
 *
 * @example
 * ```ts
 * import { action, anyone, App } from "@argyle/argyle";
 * import type { EventsDeclaration } from "@argyle/argyle/types";
 * import { z } from "zod";
 * const declaration: EventsDeclaration = new App().events("/echo");
 * declaration.handle({ echo: action(z.object({ text: z.string() }), (input) => input) }, { authorize: anyone });
 * ```
 */
export interface EventsDeclaration<
  Params = Record<never, never>,
  Query = URLSearchParams,
  S extends Sends = Sends,
> {
  /**
   * Adds the endpoint.
   *
   * @param handlers actions by the names of their events; or a class, of which every connection has an instance of its own:
   * its fields that are actions handle events, and it has `connect` and `disconnect` itself
   * @param hooks who may connect, and what happens around messages
   * @throws TypeError for a path that cannot be or is taken, for what is no action, for two handlers of one event, for an
   * event without a name
   */
  handle<const H extends EventHandlers<EventsContext<Params, Query, S>> | EndpointClass<Params, Query, S>>(
    handlers: H,
    hooks: EventsHooks<Params, Query, S>,
  ): Events<HandledEvents<H extends new () => infer C ? C : H>, S, Params, Query>;
}

/**
 * A class of which every connection has an instance.
 *
 * @example
 * ```ts
 * import { EventsEndpoint } from "@argyle/argyle";
 * import type { EndpointClass } from "@argyle/argyle/types";
 * class Quiet extends EventsEndpoint {}
 * const quiet: EndpointClass = Quiet;
 * ```
 */
export type EndpointClass<Params = Record<never, never>, Query = URLSearchParams, S extends Sends = Sends> =
  new () => EventsEndpoint<Params, Query, S>;
