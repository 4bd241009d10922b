/**
 * What an endpoint of typed events declares, and what its handlers are given.
 *
 * @module
 */

import type { Schema, SchemaInput } from "../../protocol/schema.ts";
import type { Topic } from "../bus/topic.ts";
import type { EndpointContext } from "../socket/endpoint.ts";

/**
 * Events that go out, by their types: each with the schema of what is in it, beside its `type`.
 *
 * @example
 * ```ts
 * import type { Sends } from "@argyle/argyle/types";
 * import { z } from "zod";
 * const sends = { message: z.object({ msg: z.string(), sender: z.int() }) } satisfies Sends;
 * ```
 */
export type Sends = { readonly [type: string]: Schema };

/**
 * The data of an event that goes out, as its schema takes them.
 *
 * @example
 * ```ts
 * import type { Schema } from "@argyle/argyle";
 * import type { SentData } from "@argyle/argyle/types";
 * const data: SentData<{ message: Schema<{ msg: string }> }, "message"> = { msg: "Hello" };
 * ```
 */
export type SentData<S extends Sends, Type extends keyof S> = string extends keyof S ? Record<string, unknown>
  : S[Type] extends Schema ? SchemaInput<S[Type]>
  : never;

/**
 * What an endpoint of events declares before its handlers.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { z } from "zod";
 * const declaration = new App().events("/room/:room/:client", {
 *   params: z.object({ room: z.string(), client: z.coerce.number().int() }),
 *   sends: { message: z.object({ msg: z.string() }) },
 * });
 * console.assert(typeof declaration.handle === "function");
 * ```
 */
export interface EventsOptions<Path extends string, Params, Query, S extends Sends> {
  /** Reads the params of the path, and types them; what it refuses is 400, before the upgrade. */
  readonly params?: Schema<unknown, Params> & { readonly "~path"?: Path };
  /** Reads the query, and types it: texts by name, or lists of them where a name stands several times. Likewise. */
  readonly query?: Schema<unknown, Query>;
  /**
   * The events that go out, each with its schema: what it refuses does not leave the server. Where left out, any event goes
   * out, with any data.
   */
  readonly sends?: S;
}

/**
 * Who asks for a socket of an endpoint of events. Its functions work without `this`.
 *
 * @example
 * ```ts
 * import type { EventsAsker } from "@argyle/argyle/types";
 * const authorize = ({ user, params }: EventsAsker<{ room: string }>) => params.room !== "staff" || user === "ann";
 * ```
 */
export interface EventsAsker<Params = Record<string, string>, Query = URLSearchParams>
  extends EndpointContext {
  /** The params of the path. */
  readonly params: Params;
  /** What the query says. */
  readonly query: Query;
}

/**
 * What handlers are given beside the message. Its functions work without `this`. What can be found out at once is said at
 * once: where a schema is not async, data that it refuses are thrown, also where nobody awaits.
 *
 * @example
 * ```ts
 * import { action, anyone, App, topic } from "@argyle/argyle";
 * import { z } from "zod";
 * const Room = topic("room/:room");
 * new App().events("/room/:room").handle({
 *   message: action(z.object({ msg: z.string() }), ({ msg }, { params, publish }) => {
 *     return publish(Room(params), "message", { msg });
 *   }),
 * }, { authorize: anyone, connect: ({ params, join }) => join(Room(params)) });
 * ```
 */
export interface EventsContext<
  Params = Record<string, string>,
  Query = URLSearchParams,
  S extends Sends = Sends,
> extends EventsAsker<Params, Query> {
  /** Says that nobody waits any more: the connection is gone, or the message took too long. */
  readonly signal: AbortSignal;
  /**
   * Sends an event to this connection; nothing, where it is gone.
   *
   * @throws TypeError for an event that is not declared, and for data that its schema refuses or JSON cannot carry
   */
  send<Type extends Extract<keyof S, string>>(type: Type, data: SentData<S, Type>): Promise<void>;
  /**
   * Puts this connection on a topic: it gets what is published there at this endpoint. With data where the topic has
   * `presence`: then it is seen there, too. A person who is logged in is one, however many connections they have; of others
   * each connection is one.
   *
   * @throws HttpError 403 where the topic does not allow it, 429 for more topics than `limits.topics`; TypeError for data
   * that the topic refuses
   */
  join<Joins>(
    topic: Topic<unknown, Joins>,
    ...data: undefined extends Joins ? [] : [data: Joins]
  ): Promise<void>;
  /** Takes it off. */
  leave(topic: Topic): void;
  /**
   * Sends an event to all connections of this endpoint that are on a topic, on every isolate.
   *
   * @returns done when other isolates are told, not when they have sent it
   * @throws HttpError 403 where the topic does not allow it (`publish`); as `send` does; RangeError for more bytes than
   * `limits.operationBytes`
   */
  publish<Type extends Extract<keyof S, string>>(
    topic: Topic,
    type: Type,
    data: SentData<S, Type>,
  ): Promise<void>;
  /**
   * Who is on a topic, at this endpoint or on a page.
   *
   * @throws HttpError 403 where the topic does not allow it (`subscribe`)
   */
  present<Presence extends NonNullable<unknown>>(
    topic: Topic<Presence, unknown>,
  ): Promise<readonly Presence[]>;
  /** Ends the connection: with 1000, or a code of the app's own from 3000 to 4999. */
  close(code?: number, reason?: string): void;
}

/**
 * Who may connect, and what happens around messages.
 *
 * @example
 * ```ts
 * import type { EventsHooks } from "@argyle/argyle/types";
 * const hooks: EventsHooks<{ room: string }> = {
 *   authorize: ({ params, user }) => params.room !== "staff" || user !== undefined,
 *   onError: (error, { params }) => console.warn(params.room, error),
 * };
 * ```
 */
export interface EventsHooks<
  Params = Record<string, string>,
  Query = URLSearchParams,
  S extends Sends = Sends,
> {
  /** Whether somebody may connect: anything but `true` is 403, an `HttpError` its status, before the upgrade. */
  readonly authorize: (context: EventsAsker<Params, Query>) => boolean | Promise<boolean>;
  /**
   * Somebody has connected. No message of theirs is handled before this is done, and before all that it has begun to join
   * is joined. Where it throws, or a topic refuses, the connection is closed: with 1008 and its message for an `HttpError`
   * below 500, else with 1011, as when it takes longer than `limits.load`.
   */
  readonly connect?: (context: EventsContext<Params, Query, S>) => unknown;
  /**
   * A connection that `connect` has accepted is gone, by whatever: called once, when it is on no topic any more.
   *
   * @param code the close code; 1005 where it was ended without one, 1006 where it was cut
   */
  readonly disconnect?: (context: EventsContext<Params, Query, S>, code: number) => unknown;
  /**
   * Something of the server's own has failed; it is in the log, too. Not called for what a stranger has done, nor for an
   * `HttpError` below 500. Nobody waits for it.
   */
  readonly onError?: (error: unknown, context: EventsContext<Params, Query, S>) => unknown;
}
