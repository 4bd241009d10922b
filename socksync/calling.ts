/**
 * Calls of functions of this end.
 *
 * @module
 */

import type { Action } from "../protocol/action.ts";
import type { Clock } from "../protocol/clock.ts";
import { checkValue, ValueError } from "./check_value.ts";
import { Deadlines } from "./deadlines.ts";
import { type CallId, Code, errorFrame, type Frame } from "./frames.ts";
import { attempt, type Maybe, type Outcome, then } from "./maybe.ts";
import { encode, quote } from "./reader.ts";
import { SyncError } from "./sync_error.ts";

/** What calls work with. */
export interface CallingMeans {
  readonly clock: Clock;
  /** Milliseconds that a call may take where its function does not say another; `Infinity`: any. */
  readonly timeout: number;
  /** What functions are given beside their arguments. */
  readonly context: object;
  send(text: string): void;
  /** A function has begun that takes its time: done when it is over, whatever becomes of its peer. */
  readonly started: ((work: Promise<unknown>) => void) | undefined;
  /** What the other end may be told of an error; it goes to the log where that is not all. */
  tell(error: unknown, name: string): string;
}

/** The calls of one peer that run here: they start in the order in which they came, and finish in any. */
export class Calling {
  readonly #means: CallingMeans;
  readonly #deadlines: Deadlines;
  readonly #running = new Map<CallId, { readonly controller: AbortController; cancel(): void }>();
  /** The start of the one before, where that takes its time. */
  #starting: Promise<void> | undefined;

  constructor(means: CallingMeans) {
    this.#means = means;
    this.#deadlines = new Deadlines(means.clock);
  }

  /** How many run. */
  get size(): number {
    return this.#running.size;
  }

  /** Whether a call of this id runs. */
  has(id: CallId): boolean {
    return this.#running.has(id);
  }

  /** Starts a call; whatever becomes of it, it is answered once. */
  start(action: Action, frame: Frame, id: CallId, args: object): void {
    const { timeout, tell } = this.#means, { name } = frame as { name: string };
    const controller = new AbortController(), running = { controller, cancel: () => {} };
    this.#running.set(id, running);
    const answer = (text: () => string) => {
      // The peer is gone, or was answered in the meantime.
      if (this.#running.get(id) !== running) return;
      this.#running.delete(id);
      running.cancel();
      this.#means.send(text());
    };
    const fail = (error: unknown) => {
      if (isOfLeaving(error, controller.signal)) return;
      const message = error instanceof ArgumentError ? error.message : tell(error, name);
      answer(() => errorFrame(Code.other, message, frame));
    };
    const most = action.options.timeout ?? timeout;
    if (most !== Infinity) {
      running.cancel = this.#deadlines.after(most, () => {
        const late = new DOMException(`The call of ${name} took longer than ${most} ms.`, "TimeoutError");
        answer(() => errorFrame(Code.other, late.message, frame));
        controller.abort(late);
      });
    }
    this.#queue(controller.signal, () =>
      this.#begin(action, args, controller.signal, (result) => {
        if ("error" in result) return fail(result.error);
        try {
          const text = returnFrame(name, id, result.value);
          answer(() => text);
        } catch (error) {
          fail(error);
        }
      }));
  }

  /** Nobody waits for answers any more. */
  abandon(): void {
    const gone = new DOMException("The peer is gone.", "AbortError"), running = [...this.#running.values()];
    this.#running.clear();
    for (const { controller, cancel } of running) {
      cancel();
      controller.abort(gone);
    }
  }

  // One that is checked for long does not hold up those before it, but those behind it, until it is given up.
  #queue(signal: AbortSignal, begin: () => Maybe<void>): void {
    const start = this.#starting === undefined ? begin() : this.#starting.then(begin);
    if (!(start instanceof Promise)) return;
    const givenUp = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    const mine = this.#starting = Promise.race([start, givenUp]).then(() => {
      if (this.#starting === mine) this.#starting = undefined;
    });
  }

  // Done when the function has begun.
  #begin(
    action: Action,
    args: object,
    signal: AbortSignal,
    done: (result: Outcome<unknown>) => void,
  ): Maybe<void> {
    if (signal.aborted) return;
    const { schema, run, options } = action;
    const begun = attempt(() =>
      then(checkArguments(schema, args), (input) => {
        if (signal.aborted) return;
        const context = Object.assign(Object.create(this.#means.context), { signal });
        const result = attempt(() => run(input as never, context) as Maybe<unknown>);
        if (result instanceof Promise) this.#means.started?.(result);
        // The rest is nobody's but this call's.
        const output = then(result, (result) => {
          if ("error" in result) return result;
          return attempt(() => checkValue(options.output, result.value, "The result") as Maybe<unknown>);
        });
        void then(output, done);
      })
    );
    return then(begun, (begun) => {
      if ("error" in begun) done(begun);
    });
  }
}

// That the peer is gone is no fault of the function that it has waited for, nor news to anybody.
function isOfLeaving(error: unknown, { aborted, reason }: AbortSignal): boolean {
  if (!aborted || (reason as Error).name !== "AbortError") return false;
  return error === reason || (error instanceof SyncError && error.reason === "disconnected");
}

/** Arguments that a schema refuses: the caller is told why. */
class ArgumentError extends Error {}

function checkArguments(schema: Action["schema"], args: object): Maybe<unknown> {
  const check = attempt(() => checkValue(schema, args, "args") as Maybe<unknown>);
  return then(check, (outcome) => {
    if (!("error" in outcome)) return outcome.value;
    throw outcome.error instanceof ValueError ? new ArgumentError(outcome.error.message) : outcome.error;
  });
}

function returnFrame(name: string, id: CallId, value: unknown): string {
  const result = value === undefined ? "" : `,"value":${encode(value)}`;
  return `{"func":"return","type":"function","name":${quote(name)},"id":${JSON.stringify(id)}${result}}`;
}
