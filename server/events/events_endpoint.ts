/**
 * An endpoint of events as a class.
 *
 * @module
 */

import type { EventsContext, Sends } from "./types.ts";

/** Gives an instance its connection. */
export let bindEndpoint: (
  // deno-lint-ignore no-explicit-any -- whatever it was declared with
  endpoint: EventsEndpoint<any, any, any>,
  context: object,
) => void;

/** The fields of the instance that is being made, where they are recorded. */
let recorded: string[] | undefined;

/** Makes an instance without a connection, and says which fields were defined on the way, in their order. */
export function recordFields(create: new () => object): { instance: object; fields: readonly string[] } {
  const fields: string[] = recorded = [];
  try {
    return { instance: new create(), fields };
  } finally {
    recorded = undefined;
  }
}

/**
 * Events of a connection, as a class: each connection has an instance of its own. Fields that are actions handle the event
 * of their name; `connect`, `disconnect` and `socket` are no events, but `onConnect` handles one that is called `connect`.
 *
 * A subclass has the handlers of its base, and overrides them by the event's name. An instance is made at registration, too,
 * and has no socket then: what runs in constructors and initial values runs without one.
 *
 * @example
 * ```ts
 * import { action, anyone, App, EventsEndpoint } from "@argyle/argyle";
 * import { z } from "zod";
 * class Counter extends EventsEndpoint<{ readonly name: string }> {
 *   #count = 0;
 *   onAdd = action(z.object({ by: z.number() }), ({ by }) => ({ count: this.#count += by }));
 *   override connect() {
 *     return this.socket.send("welcome", { name: this.socket.params.name });
 *   }
 * }
 * export const counter = new App().events("/count/:name").handle(Counter, { authorize: anyone });
 * ```
 */
export abstract class EventsEndpoint<
  Params = Record<never, never>,
  Query = URLSearchParams,
  S extends Sends = Sends,
> {
  /** Says what it needs of the endpoint that it handles; there is nothing at run time. */
  declare readonly "~needs"?: (params: Params, query: Query, sends: S) => void;
  #socket: EventsContext<Params, Query, S> | undefined;

  static {
    bindEndpoint = (endpoint, context) => endpoint.#socket = context as never;
  }

  /** Made by the framework, for each connection. */
  constructor() {
    const fields = recorded;
    if (fields === undefined) return;
    // Fields are defined on what a base's constructor returns: so it is seen which class has which.
    return new Proxy(this, {
      defineProperty(target, key, descriptor) {
        if (typeof key === "string") fields.push(key);
        return Reflect.defineProperty(target, key, descriptor);
      },
    });
  }

  /**
   * The connection: who it is, and what can be done with it.
   *
   * @throws TypeError as long as there is none: at registration
   */
  get socket(): EventsContext<Params, Query, S> {
    const socket = #socket in this ? this.#socket : undefined;
    if (socket === undefined) {
      throw new TypeError("Cannot read the socket: the class is being registered, and nobody is connected.");
    }
    return socket;
  }

  /** Somebody has connected; see `EventsHooks.connect`. */
  connect(): unknown {
    return undefined;
  }

  /**
   * The connection is gone; see `EventsHooks.disconnect`.
   *
   * @param _code the close code
   */
  disconnect(_code: number): unknown {
    return undefined;
  }
}
