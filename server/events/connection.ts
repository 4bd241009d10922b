/**
 * One connection: its messages in their order, and what happens around them.
 *
 * @module
 */

import type { Action } from "../../protocol/action.ts";
import type { Clock } from "../../protocol/clock.ts";
import { EVENTS_PROBE } from "../../protocol/events_probe.ts";
import type { Limits } from "../../protocol/limits.ts";
import { Close } from "../../protocol/markers.ts";
import { type Maybe, then } from "../../socksync/maybe.ts";
import { HttpError } from "../http/error.ts";
import type { Logger } from "../observe.ts";
import type { EndpointLine, LineHandlers } from "../socket/endpoint_line.ts";
import { type Asked, writeAnswer, writeEmpty } from "./answer.ts";
import type { Around } from "./around.ts";
import { ConnectionContext } from "./context.ts";
import { type EventError, type MessageId, writeErrors } from "./event_error.ts";
import type { HandlerTable } from "./handler_table.ts";
import { Inbox } from "./inbox.ts";
import { type Input, readInput } from "./input.ts";
import type { Membership } from "./membership.ts";
import { type EventMessage, readMessage, unknownEvent } from "./message.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Rooms } from "./rooms.ts";
import { isThenable, LateError, Running } from "./running.ts";
import { isStream, sendAll } from "./stream.ts";
import { tellError } from "./telling.ts";
import type { EventsAsker, EventsContext } from "./types.ts";

/** What a connection works with. */
export interface ConnectionMeans {
  readonly clock: Clock;
  /** The same time, for what many messages wait for. */
  readonly deadlines: Pick<Clock, "after">;
  readonly limits: Limits;
  readonly log: Logger;
  readonly development: boolean;
  readonly path: string;
  readonly rooms: Rooms;
  readonly handlers: HandlerTable;
  readonly outgoing: Outgoing;
}

/** A connection. */
export class EventsConnection implements LineHandlers {
  readonly #line: EndpointLine;
  readonly #means: ConnectionMeans;
  readonly #around: Around;
  readonly #inbox: Inbox;
  readonly #running = new Set<Running>();
  readonly #membership: Membership;
  /** What it is given that is not about one message. */
  readonly #context: ConnectionContext;
  readonly #life: Running;
  #code: number | undefined;
  #isConnected = false;
  #cancel: (() => void) | undefined;

  constructor(
    line: EndpointLine,
    asker: EventsAsker<unknown, unknown>,
    means: ConnectionMeans,
    around: (context: EventsContext) => Around,
  ) {
    this.#line = line;
    this.#means = means;
    this.#life = new Running(means.deadlines);
    const { outgoing, rooms, path, limits } = means;
    this.#context = new ConnectionContext(asker, {
      line,
      outgoing,
      rooms,
      path,
      limits,
      running: this.#life,
      member: this,
    });
    this.#membership = this.#context.membership;
    this.#inbox = new Inbox(limits, (data) => this.#handle(data));
    this.#around = around(this.#context as EventsContext);
  }

  /** Begins: what comes is handled once `connect` is done. */
  start(): void {
    this.#inbox.hold();
    const { clock, limits: { load: ms } } = this.#means;
    this.#cancel = clock.after(ms, () => {
      this.#refuse(new Error(`It has taken longer than ${ms} ms to connect.`));
    });
    let refusal: { readonly error: unknown } | undefined;
    this.#context.refused = (error) => refusal ??= { error };
    const done = () => {
      this.#context.refused = undefined;
      if (refusal === undefined) this.#connected();
      else this.#refuse(refusal.error);
    };
    try {
      const connecting = this.#around.connect(this.#context as EventsContext), { joining } = this.#context;
      if (!isThenable(connecting) && joining.size === 0) return done();
      const joined = async () => {
        await connecting;
        await Promise.allSettled(joining);
      };
      joined().then(done, (error) => this.#refuse(error));
    } catch (error) {
      this.#refuse(error);
    }
  }

  message(data: unknown): void {
    // Whoever asks it wants to know now, not when the handler that is at work is done.
    if (data === EVENTS_PROBE) {
      return this.#send(this.#errors([unknownEvent("", this.#means.handlers.names)], 0));
    }
    if (this.#inbox.hasRoom(data, this.#running.size)) return this.#inbox.add(data);
    const { limits } = this.#means, { id } = readMessage(data, limits);
    const msg = `At most ${limits.eventsPending} messages wait.`;
    this.#send(this.#errors([{ loc: [], msg, type: "value_error.rate" }], id));
  }

  closed(code: number): void {
    this.#code = code;
    this.#cancel?.();
    this.#inbox.end();
    this.#membership.end();
    const gone = new DOMException("The connection is gone.", "AbortError");
    for (const running of this.#running) running.abort(gone);
    this.#life.abort(gone);
    if (this.#isConnected) this.#disconnect(code);
  }

  refuse(why: "too_large" | "rate"): string {
    const error = why === "rate"
      ? { msg: "Too many messages.", type: "value_error.rate" }
      : { msg: `A message has at most ${this.#means.limits.frame} bytes.`, type: "value_error.too_large" };
    return this.#errors([{ loc: [], ...error }], undefined);
  }

  /** An event that was published to a topic that it is on. */
  hear(text: string): void {
    this.#send(text);
    // Who does not read it for long is closed; who is far behind, at once.
    this.#line.isBehind(nothing);
  }

  #connected(): void {
    this.#cancel?.();
    this.#isConnected = true;
    if (this.#code === undefined) this.#inbox.release();
    else this.#disconnect(this.#code); // it has gone meanwhile, and was accepted all the same
  }

  #refuse(error: unknown): void {
    this.#cancel?.();
    if (this.#code !== undefined && error === this.#life.reason) return; // that it is gone is no fault
    if (error instanceof HttpError && error.status < 500) {
      return this.#line.close(Close.policy, reasonOf(error.message));
    }
    this.#means.log.error("an endpoint's connect failed", error, { path: this.#means.path });
    this.#failed(error);
    this.#line.close(Close.failed, "Could not be begun; come back.");
  }

  #disconnect(code: number): void {
    const done = async () => await this.#around.disconnect(this.#context as EventsContext, code);
    this.#means.rooms.bid(
      done().catch((error) => {
        this.#means.log.error("an endpoint's disconnect failed", error, { path: this.#means.path });
        this.#failed(error);
      }),
    );
  }

  // Done when the next message may be handled.
  #handle(data: unknown): Maybe<void> {
    const { limits, handlers } = this.#means, message = readMessage(data, limits);
    if ("errors" in message) return this.#send(this.#errors(message.errors, message.id));
    const { type, id } = message, action = handlers.find(type, this.#around.instance);
    if (action === undefined) return this.#send(this.#errors([unknownEvent(type, handlers.names)], id));
    const running = new Running(this.#means.deadlines);
    this.#running.add(running);
    const end = () => void this.#running.delete(running);
    const fail = (error: unknown) => {
      end();
      this.#fail(error, message, running);
    };
    try {
      const input = readInput(action, message.data);
      if (!(input instanceof Promise)) return this.#begin(input, action, message, running, { end, fail });
      const late = (ms: number) => new LateError(`The schema of ${type}`, ms);
      return running.within(input, limits.schema, late)
        .then((input) => this.#begin(input, action, message, running, { end, fail })).catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  #begin(
    input: Input,
    action: Action,
    message: EventMessage,
    running: Running,
    { end, fail }: { end(): void; fail(error: unknown): void },
  ): Maybe<void> {
    if ("errors" in input) {
      end();
      return this.#send(this.#errors(input.errors, message.id));
    }
    const done = this.#run(action, input.value, message, running);
    if (!(done instanceof Promise)) return end();
    const ended = done.then(end, fail);
    return action.options.concurrent === true ? undefined : ended;
  }

  #run(action: Action, input: unknown, { type: event, id }: EventMessage, running: Running): Maybe<void> {
    const asked: Asked = { event, id, output: action.options.output };
    const result = action.run(input as never, this.#context.of(running));
    if (isThenable(result)) return this.#wait(action, result, asked, running);
    if (isStream(result)) return this.#stream(action, result, asked, running);
    return then(this.#write(asked, result, running), (text) => this.#answer(asked, text));
  }

  async #wait(action: Action, work: PromiseLike<unknown>, asked: Asked, running: Running): Promise<void> {
    const promise = Promise.resolve(work);
    void promise.catch((error) => this.#failLate(error, asked, running));
    const result = await running.within(promise, this.#limit(action), (ms) => new LateError(asked.event, ms));
    if (isStream(result)) return await this.#stream(action, result, asked, running);
    this.#answer(asked, await this.#write(asked, result, running));
  }

  async #stream(
    action: Action,
    values: AsyncIterable<unknown>,
    asked: Asked,
    running: Running,
  ): Promise<void> {
    await sendAll(values, {
      running,
      line: this.#line,
      ms: this.#limit(action),
      late: (ms) => new LateError(asked.event, ms),
      write: (value) => this.#write(asked, value, running, true),
      failed: (error) => this.#failLate(error, asked, running),
    });
    this.#send(writeEmpty(asked, true));
  }

  #write(asked: Asked, value: unknown, running: Running, isPart = false): Maybe<string | undefined> {
    const text = writeAnswer(asked, value, isPart);
    if (!(text instanceof Promise)) return text;
    const { schema } = this.#means.limits;
    return running.within(text, schema, (ms) => new LateError(`The output of ${asked.event}`, ms));
  }

  #answer(asked: Asked, text: string | undefined): void {
    if (text !== undefined) this.#send(text);
    else if (asked.id !== undefined) this.#send(writeEmpty(asked, false));
  }

  #limit(action: Action): number {
    return action.options.timeout ?? this.#means.limits.reflex;
  }

  #fail(error: unknown, { type, id }: EventMessage, running: Running): void {
    // That nobody waits any more is no fault.
    if (this.#code !== undefined && error === running.reason) return;
    const { log, development } = this.#means;
    const failed = (error: unknown) => this.#failed(error, running);
    this.#send(this.#errors(tellError(error, type, { log, development, failed }), id));
  }

  // What fails when nobody waits any more is in the log, unless that is why.
  #failLate(error: unknown, { event }: Asked, running: Running): void {
    if (running.reason === undefined || error === running.reason) return;
    if (error instanceof DOMException && error.name === "AbortError") return;
    this.#means.log.error("an event's handler failed when nobody waited any more", error, { event });
  }

  #failed(error: unknown, running = this.#life): void {
    const told = async () => await this.#around.failed(error, this.#context.of(running));
    told().catch((error) => this.#means.log.error("an endpoint's onError failed", error));
  }

  #errors(errors: readonly EventError[], id: MessageId | undefined): string {
    return writeErrors(errors, id, this.#means.limits.frame);
  }

  #send(text: string): void {
    this.#line.send(text);
  }
}

// A close has room for 123 bytes of it.
function reasonOf(message: string): string {
  const bytes = new TextEncoder().encode(message).subarray(0, 123);
  return new TextDecoder().decode(bytes, { stream: true });
}

function nothing(): void {}
