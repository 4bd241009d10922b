/**
 * An endpoint of typed events, as its app and its clients know it.
 *
 * @module
 */

import type { Topic } from "../bus/topic.ts";
import type { EventHandlers, HandledEvents } from "./handlers.ts";
import type { EventsContext, Sends, SentData } from "./types.ts";

/**
 * An endpoint of typed events, as `app.events(…).handle(…)` gives it: clients are typed by it.
 *
 * @example
 * ```ts
 * import { action, anyone, App, topic } from "@argyle/argyle";
 * import { z } from "zod";
 * const Room = topic("room/:room");
 * const rooms = new App().events("/room/:room", { sends: { message: z.object({ msg: z.string() }) } }).handle({
 *   hello: action(z.object({ name: z.string() }), ({ name }) => ({ greeting: `Hello ${name}` })),
 * }, { authorize: anyone, connect: ({ params, join }) => join(Room(params)) });
 * await rooms.publish(Room({ room: "lobby" }), "message", { msg: "Maintenance at noon" });
 * ```
 */
export interface Events<
  H = unknown,
  S extends Sends = Sends,
  Params = Record<string, string>,
  Query = URLSearchParams,
> {
  /** Its path below the app's base. */
  readonly path: string;
  /** Carries the types of the handlers, by the names of their events, and of what is sent; there is nothing at run time. */
  readonly "~events"?: { readonly handlers: H; readonly sends: S };
  /**
   * Sends an event to all connections that are on a topic, on every isolate. It is for the server's own code, a timer, a
   * webhook, a script, so that the topic's `authorize` is not asked; a handler has `publish`.
   *
   * @returns done when other isolates are told, not when they have sent it
   * @throws TypeError for an event that is not declared, and for data that its schema refuses or JSON cannot carry;
   * RangeError for more bytes than `limits.operationBytes`; Error where the bus cannot be reached
   */
  publish<Type extends Extract<keyof S, string>>(
    topic: Topic,
    type: Type,
    data: SentData<S, Type>,
  ): Promise<void>;
  /**
   * Adds handlers; also to connections that are open. All connections share them, those of a class too.
   *
   * @param options `overwrite`: an event that has a handler gets this one
   * @returns the endpoint, typed with what was added
   * @throws TypeError for an event that has a handler, and for what is no action; then nothing is added
   *
   * @example
   * ```ts
   * import { action, anyone, App } from "@argyle/argyle";
   * import { z } from "zod";
   * const plain = new App().events("/tools").handle({}, { authorize: anyone });
   * export const tools = plain.attach({
   *   onAdd: action(z.object({ a: z.number(), b: z.number() }), ({ a, b }) => ({ sum: a + b })),
   * });
   * ```
   */
  attach<const More extends EventHandlers<EventsContext<Params, Query, S>>>(
    handlers: More,
    options?: { readonly overwrite?: boolean },
  ): Events<Omit<H, keyof HandledEvents<More>> & HandledEvents<More>, S, Params, Query>;
}
