/**
 * An address of an app at which typed events are spoken.
 *
 * @module
 */

import type { Action } from "../../protocol/action.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Schema } from "../../protocol/schema.ts";
import { then } from "../../socksync/maybe.ts";
import { Deadlines } from "../../socksync/deadlines.ts";
import type { Topic } from "../bus/topic.ts";
import { FieldsLogger, type Logger } from "../observe.ts";
import { readPattern } from "../page/page.ts";
import type { Endpoint, EndpointContext } from "../socket/endpoint.ts";
import type { EndpointLine, LineHandlers } from "../socket/endpoint_line.ts";
import { readAddress } from "./address.ts";
import { type Hooks, makeAround } from "./around.ts";
import { EventsConnection } from "./connection.ts";
import { HandlerTable } from "./handler_table.ts";
import { Outgoing } from "./outgoing.ts";
import type { Rooms } from "./rooms.ts";
import type { EventsAsker, Sends } from "./types.ts";

/** What an endpoint works with. */
export interface EventsMeans {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly log: Logger;
  readonly rooms: Rooms;
}

/** What was declared before the handlers. */
export interface Declared {
  readonly params?: Schema | undefined;
  readonly query?: Schema | undefined;
  readonly sends?: Sends | undefined;
}

/** An endpoint of typed events, ready to be served. See `Events`: its types are those of whoever has declared it. */
export class ServedEvents implements Endpoint {
  /** Its path below the app's base. */
  readonly path: string;
  /** What its path is where it has params. */
  readonly pattern: URLPattern | undefined;
  readonly #declared: Declared;
  readonly #handlers: HandlerTable;
  readonly #hooks: Hooks;
  readonly #means: EventsMeans;
  readonly #deadlines: Deadlines;
  readonly #outgoing: Outgoing;

  /** @throws TypeError as `EventsDeclaration.handle` does */
  constructor(path: string, declared: Declared, handlers: unknown, hooks: Hooks, means: EventsMeans) {
    if (typeof (hooks as Partial<Hooks> | undefined)?.authorize !== "function") {
      throw new TypeError(
        `Cannot add the endpoint ${
          JSON.stringify(path)
        }: say who may open it by \`authorize\`; \`anyone\` is a value.`,
      );
    }
    this.path = path;
    const pattern = readPattern(path);
    this.pattern = /[:*?#{}()\\]/.test(path) ? pattern : undefined;
    this.#declared = declared;
    this.#handlers = new HandlerTable(handlers);
    if (this.#handlers.endpointClass !== undefined && (hooks.connect ?? hooks.disconnect) !== undefined) {
      throw new TypeError(
        `Cannot add the endpoint ${
          JSON.stringify(path)
        }: its class has \`connect\` and \`disconnect\` itself.`,
      );
    }
    this.#hooks = hooks;
    this.#means = means;
    this.#deadlines = new Deadlines(means.clock);
    this.#outgoing = new Outgoing(declared.sends, means.limits.operationBytes);
  }

  /** What was declared before the handlers: the schemas of params, query and what is sent. */
  get declared(): Declared {
    return this.#declared;
  }

  /** The handlers, by the names of their events. */
  get actions(): ReadonlyMap<string, Action> {
    return this.#handlers.actions;
  }

  /** See `Events.publish`. */
  async publish(topic: Topic, type: string, data: unknown): Promise<void> {
    const { rooms } = this.#means;
    await then(this.#outgoing.write(type, data), (text) => rooms.publish(this.path, topic.name, type, text));
  }

  /** See `Events.attach`. */
  attach(handlers: object, options: { readonly overwrite?: boolean } = {}): this {
    this.#handlers.attach(handlers, options);
    return this;
  }

  /** Reads the address. */
  receive(context: EndpointContext, params: Record<string, string>): Promise<EndpointContext | Response> {
    return readAddress(context, params, this.#declared);
  }

  /** Whether somebody may open a socket here. */
  authorize(context: EndpointContext): boolean | Promise<boolean> {
    return this.#hooks.authorize(context as EventsAsker);
  }

  /** Speaks with whoever has opened a socket. */
  connect(
    line: EndpointLine,
    context: EndpointContext,
    { development }: { readonly development: boolean },
  ): LineHandlers {
    const { clock, limits, log, rooms } = this.#means;
    const connection = new EventsConnection(line, context as EventsAsker, {
      clock,
      deadlines: this.#deadlines,
      limits,
      rooms,
      development,
      path: this.path,
      log: new FieldsLogger(log, { request: context.id }),
      handlers: this.#handlers,
      outgoing: this.#outgoing,
    }, (context) => makeAround(this.#hooks, this.#handlers.endpointClass, context));
    connection.start();
    return connection;
  }
}
