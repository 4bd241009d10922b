/**
 * What an endpoint of typed events is to whoever is connected, as types.
 *
 * @module
 */

import type { Schema, SchemaOutput } from "../protocol/schema.ts";
import type { Unsubscribe } from "../socksync/remote.ts";

/**
 * What an endpoint takes and sends, by its type: `messages` that are answered once, `streams` that are answered several times,
 * and what it `sends` by itself. Any, where that is not known.
 *
 * @example
 * ```ts
 * import { action, anyone, App } from "@argyle/argyle";
 * import type { EventsOf } from "@argyle/argyle/client";
 * import { z } from "zod";
 * const tools = new App().events("/tools").handle({
 *   add: action(z.object({ a: z.number(), b: z.number() }), ({ a, b }) => ({ sum: a + b })),
 * }, { authorize: anyone });
 * const input: EventsOf<typeof tools>["messages"]["add"]["input"] = { a: 1, b: 2 };
 * ```
 */
export type EventsOf<T> = T extends
  { readonly "~events"?: { readonly handlers: infer Handlers; readonly sends: infer Sends } } ? {
    readonly messages: {
      readonly [
        K in keyof Handlers as Handlers[K] extends { readonly "~types"?: { readonly result: infer Result } }
          ? unknown extends Result ? K : Result extends AsyncIterable<unknown> ? never : K
          : never
      ]: Handlers[K] extends
        { readonly "~types"?: { readonly input: infer Input; readonly result: infer Result } }
        ? { readonly input: Input; readonly answer: EventAnswer<Result> }
        : never;
    };
    readonly streams: {
      readonly [
        K in keyof Handlers as Handlers[K] extends
          { readonly "~types"?: { readonly result: AsyncIterable<unknown> } } ? K : never
      ]: Handlers[K] extends {
        readonly "~types"?: { readonly input: infer Input; readonly result: AsyncIterable<infer Part> };
      } ? { readonly input: Input; readonly answer: EventAnswer<Part> }
        : never;
    };
    readonly sends: string extends keyof Sends ? Readonly<Record<string, Record<string, unknown>>>
      : { readonly [K in keyof Sends]: Sends[K] extends Schema ? SchemaOutput<Sends[K]> : never };
  }
  : {
    readonly messages: Readonly<
      Record<string, { readonly input: Record<string, unknown>; readonly answer: Record<string, unknown> }>
    >;
    readonly streams: Readonly<
      Record<string, { readonly input: Record<string, unknown>; readonly answer: Record<string, unknown> }>
    >;
    readonly sends: Readonly<Record<string, Record<string, unknown>>>;
  };

/**
 * What whoever asks gets of what a handler gives: all but the envelope, `type` and `id`. Where a handler may give nothing, it
 * may be empty.
 *
 * @example
 * ```ts
 * import type { EventAnswer } from "@argyle/argyle/client";
 * const found: EventAnswer<{ at: number } | undefined> = {};
 * console.assert(found.at === undefined);
 * ```
 */
export type EventAnswer<Result> = unknown extends Result ? Record<string, unknown>
  : [Result] extends [void | undefined] ? void
  : undefined extends Result ? Partial<EventAnswer<Exclude<Result, void | undefined>>>
  : Result extends object ? { [K in keyof Result as Exclude<K, "type" | "id">]: Result[K] }
  : never;

/**
 * The data of a message, which may be left out where it may be empty; and options.
 *
 * @example
 * ```ts
 * import type { SendInput } from "@argyle/argyle/client";
 * const input: SendInput<{ msg: string }> = [{ msg: "Hello" }, { timeout: 2000 }];
 * ```
 */
export type SendInput<Data> = Record<never, never> extends Data ? [data?: Data, options?: SendOptions]
  : [data: Data, options?: SendOptions];

/**
 * How long somebody waits for an answer.
 *
 * @example
 * ```ts
 * import type { SendOptions } from "@argyle/argyle/client";
 * const patient: SendOptions = { timeout: Infinity, signal: AbortSignal.timeout(3_600_000) };
 * ```
 */
export interface SendOptions {
  /**
   * Gives up: what has not been sent yet never is, the promise rejects with the signal's reason, and a stream throws it.
   * What runs at the server is not stopped.
   */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds after which it is given up, from when it was asked for, with or without a line: 30,000 where left out.
   * Of a stream, milliseconds without a message of it, and any number where left out.
   */
  readonly timeout?: number;
}

/**
 * How the line is: `connecting` until it is there for the first time, `online`, `offline` while it is lost, `closed` for
 * ever.
 *
 * @example
 * ```ts
 * import type { EventsStatus } from "@argyle/argyle/client";
 * const words: Record<EventsStatus, string> = { connecting: "…", online: "", offline: "reconnecting", closed: "goodbye" };
 * ```
 */
export type EventsStatus = "connecting" | "online" | "offline" | "closed";

/**
 * What an endpoint sends by itself, of all its events: `type`, and the data beside it.
 *
 * @example
 * ```ts
 * import { anyone, App } from "@argyle/argyle";
 * import type { EventsMessage } from "@argyle/argyle/client";
 * const show = (message: EventsMessage) => `${message.type} with ${Object.keys(message).length - 1} more`;
 * console.assert(show({ type: "join", client_id: 7 }) === "join with 1 more");
 * ```
 */
export type EventsMessage<T = unknown> = {
  [K in Extract<keyof EventsOf<T>["sends"], string>]: { readonly type: K } & EventsOf<T>["sends"][K];
}[Extract<keyof EventsOf<T>["sends"], string>];

/**
 * A connection to an endpoint of typed events. It is one object until it is closed, however often the line is lost.
 *
 * What has come of the server is as the server says: it is not checked here.
 *
 * @typeParam T the server's `app.events()` value; any events where left out
 *
 * @example
 * ```ts
 * import { connectEvents, type EventsClient } from "@argyle/argyle/client";
 * async function greet(client: EventsClient) {
 *   using _leave = client.on("message", ({ msg }) => console.log(msg));
 *   const { now } = await client.send("time", { zone: "UTC" }, { timeout: 2000 });
 *   client.notify("message", { msg: `It is ${now}` });
 * }
 * const main = () => greet(connectEvents("wss://example.com/room/lobby/7"));
 * ```
 */
export interface EventsClient<T = unknown> extends Disposable {
  /** How the line is. */
  readonly status: EventsStatus;
  /** How the newest line that is lost was: the server's code and reason, code 0 where it has said none. */
  readonly lastClose: { readonly code: number; readonly reason: string } | undefined;
  /** How many messages loops over this client have lost, because more than 1,000 waited for one of them. */
  readonly missed: number;
  /**
   * Sends a message, and waits for its answer: what is in it beside `type` and `id`; nothing where the handler gives
   * nothing. Without a line it waits until there is one; a thousand messages may wait for that. It is sent once.
   *
   * Whoever does not wait for the promise does not hear of a failure, not as an unhandled rejection either.
   *
   * @param type of the message
   * @param input its data, of which `type` and `id` are overwritten, and how long to wait
   * @throws EventsError where it is refused or cannot be sent, is not answered in time, or the line is lost meanwhile
   */
  send<Type extends Extract<keyof EventsOf<T>["messages"], string>>(
    type: Type,
    ...input: SendInput<(EventsOf<T>["messages"][Type] & { readonly input: unknown })["input"]>
  ): Promise<(EventsOf<T>["messages"][Type] & { readonly answer: unknown })["answer"]>;
  /**
   * Sends a message whose handler gives several, and gives those in a loop, each without `type` and `id`, until the handler
   * ends. Leaving the loop stops listening, not the handler. A thousand may wait; one more ends it with `full`.
   *
   * @throws EventsError in the loop, as `send` rejects
   */
  stream<Type extends Extract<keyof EventsOf<T>["streams"], string>>(
    type: Type,
    ...input: SendInput<(EventsOf<T>["streams"][Type] & { readonly input: unknown })["input"]>
  ): AsyncIterableIterator<
    (EventsOf<T>["streams"][Type] & { readonly answer: unknown })["answer"],
    void,
    void
  >;
  /**
   * Sends a message for whose answer nobody waits. Without a line it waits until there is one, for as long as that takes.
   * What the server finds wrong with it goes to `onErrors`; where the line is lost before it has answered, or it does
   * not answer within 30 s, nobody knows whether it was done.
   *
   * @throws EventsError `invalid` or `full` for what cannot be sent, `disconnected` where the client is closed
   */
  notify<Type extends Extract<keyof (EventsOf<T>["messages"] & EventsOf<T>["streams"]), string>>(
    type: Type,
    ...data: Record<never, never> extends
      ((EventsOf<T>["messages"] & EventsOf<T>["streams"])[Type] & { readonly input: unknown })["input"] ? [
        data?:
          ((EventsOf<T>["messages"] & EventsOf<T>["streams"])[Type] & { readonly input: unknown })["input"],
      ]
      : [
        data:
          ((EventsOf<T>["messages"] & EventsOf<T>["streams"])[Type] & { readonly input: unknown })["input"],
      ]
  ): void;
  /**
   * Calls back with the data of every message of this type that the server sends by itself.
   *
   * @param listener what it throws goes to the console, and harms nobody else
   * @returns ends it, called or disposed of
   */
  on<Type extends Extract<keyof EventsOf<T>["sends"], string>>(
    type: Type,
    listener: (data: EventsOf<T>["sends"][Type]) => void,
  ): Unsubscribe;
  /**
   * All that the server sends by itself from now on, for `for await`. It goes on over lost lines, and ends when the client is
   * closed. Of what is not read in time the newest thousand are kept; `missed` counts the others.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<EventsMessage<T>, void, void>;
  /** Calls back when `status` has changed, or `missed`. */
  watch(listener: () => void): Unsubscribe;
  /** Closes it for ever: what waits for an answer rejects, loops end. Also twice. */
  close(): void;
}
