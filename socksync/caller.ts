/**
 * Calls of functions of the other end.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { Schema } from "../protocol/schema.ts";
import { checkValue } from "./check_value.ts";
import { Deadlines } from "./deadlines.ts";
import { type CallId, Code, echo, type Frame, FrameError, makeId, needFields, readId } from "./frames.ts";
import type { CallInput, CallOptions, RemoteFunction } from "./remote.ts";
import { SyncError } from "./sync_error.ts";

/** What calls to the other end work with. */
export interface CallerMeans {
  readonly clock: Clock;
  readonly isOpen: () => boolean;
  /** Calls that are out at once; the rest wait. */
  readonly most: number;
  /**
   * A frame as text.
   *
   * @throws SyncError for one that is too long; TypeError for what JSON has no words for
   */
  write(frame: Frame): string;
  send(text: string): void;
}

/** A call that is not over. */
interface Call {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly output: Schema | undefined;
  settle(outcome: { readonly value: unknown } | { readonly error: unknown }): void;
}

/** Milliseconds until a call is given up, where it does not say another. */
const DEADLINE = 30_000;

/** The functions of the other end that this one knows, and the calls of them. */
export class Caller {
  readonly #means: CallerMeans;
  readonly #deadlines: Deadlines;
  readonly #functions = new Map<string, RemoteFunction<unknown, unknown>>();
  /** Those that have not returned. */
  readonly #calls = new Map<CallId, Call>();
  /** Those among them that are not sent yet, in the order in which they were made. */
  readonly #queue = new Set<Call>();
  #isSending = false;
  #isOver = false;

  constructor(means: CallerMeans) {
    this.#means = means;
    this.#deadlines = new Deadlines(means.clock);
  }

  /** Whether a call is out, so that there should be an answer. */
  get isWaiting(): boolean {
    return this.#calls.size > this.#queue.size;
  }

  /** A function; the same name gives the same object, with the schema of whoever asked first. */
  function(name: string, output: Schema | undefined): RemoteFunction<unknown, unknown> {
    let known = this.#functions.get(name);
    if (known === undefined) {
      known = {
        name,
        call: (...input) => this.#call(name, output, input),
        [Symbol.dispose]: () => this.#drop(name),
      };
      if (this.#isOver) return known;
      this.#functions.set(name, known);
      if (this.#means.isOpen()) this.#say("subscribe", name);
    }
    return known;
  }

  has(name: string): boolean {
    return this.#functions.has(name);
  }

  /** There is a line. */
  opened(): void {
    for (const name of this.#functions.keys()) this.#say("subscribe", name);
    this.#sendNext();
  }

  /** The line is gone: what was sent may have been done. */
  lost(): void {
    for (const call of this.#out()) call.settle({ error: lost(call.name) });
  }

  /** Nobody waits any more. */
  end(): void {
    this.#isOver = true;
    for (const call of [...this.#calls.values()]) call.settle({ error: lost(call.name) });
    this.#functions.clear();
  }

  /**
   * A call has returned.
   *
   * @throws FrameError 6 for one that nobody waits for
   */
  returned(frame: Frame): void {
    needFields(frame, "id");
    const id = readId(frame), call = this.#calls.get(id);
    if (call === undefined || call.name !== frame["name"] || this.#queue.has(call)) {
      throw new FrameError(Code.id, `${echo(id)} is not a valid function call.`);
    }
    this.#remove(call);
    let value: unknown;
    try {
      value = checkValue(call.output, frame["value"], "The result");
    } catch (error) {
      return call.settle({ error: invalid(error) });
    }
    if (!(value instanceof Promise)) return call.settle({ value });
    value.then((value) => call.settle({ value }), (error) => call.settle({ error: invalid(error) }));
  }

  /** A call was answered with an error; `false` where it is none of ours. */
  refused(id: unknown, code: number, message: string): boolean {
    const call = this.#calls.get(id as CallId);
    if (call === undefined || this.#queue.has(call)) return false;
    call.settle({ error: new SyncError("refused", message, code) });
    return true;
  }

  /** A function is not to be had: its calls that have no name of their own in the error are over. */
  refusedFunction(name: unknown, code: number, message: string): void {
    for (const call of this.#out()) {
      if (call.name === name) call.settle({ error: new SyncError("refused", message, code) });
    }
  }

  #call(name: string, output: Schema | undefined, input: CallInput<unknown>): Promise<unknown> {
    const [args = {}, { signal, timeout = DEADLINE }] = [input[0], (input[1] ?? {}) as CallOptions];
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (!this.#functions.has(name)) return Promise.reject(lost(name));
    const id = makeId();
    let text: string;
    try {
      text = this.#means.write({ func: "call", type: "function", name, id, args });
    } catch (error) {
      return Promise.reject(invalid(error));
    }
    const late = () =>
      call.settle({ error: new SyncError("timeout", `${name} has not answered within ${timeout} ms.`) });
    const cancel = this.#deadlines.after(timeout, late);
    const abort = () => call.settle({ error: signal!.reason });
    const call: Call = {
      id,
      name,
      output,
      text,
      settle: (outcome) => {
        cancel();
        signal?.removeEventListener("abort", abort);
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.value);
        this.#remove(call);
      },
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#calls.set(id, call);
    this.#queue.add(call);
    this.#sendNext();
    return promise;
  }

  #out(): Call[] {
    return [...this.#calls.values()].filter((call) => !this.#queue.has(call));
  }

  #remove(call: Call): void {
    this.#queue.delete(call);
    if (this.#calls.delete(call.id)) this.#sendNext();
  }

  // In their order, as many as may be out at once.
  #sendNext(): void {
    if (this.#isSending) return; // one was answered while it was sent
    this.#isSending = true;
    for (const call of this.#queue) {
      if (!this.#means.isOpen() || this.#calls.size - this.#queue.size >= this.#means.most) break;
      this.#queue.delete(call);
      this.#means.send(call.text);
    }
    this.#isSending = false;
  }

  #drop(name: string): void {
    if (!this.#functions.delete(name)) return;
    for (const call of [...this.#calls.values()]) if (call.name === name) call.settle({ error: lost(name) });
    if (this.#means.isOpen()) this.#say("unsubscribe", name);
  }

  #say(func: "subscribe" | "unsubscribe", name: string): void {
    this.#means.send(this.#means.write({ func, type: "function", name }));
  }
}

function lost(name: string): SyncError {
  return new SyncError("disconnected", `The line was lost before ${name} had answered.`);
}

function invalid(error: unknown): SyncError {
  if (error instanceof SyncError) return error;
  const wrong = new SyncError("invalid", error instanceof Error ? error.message : String(error));
  wrong.cause = error;
  return wrong;
}
