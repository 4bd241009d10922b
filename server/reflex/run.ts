/**
 * Runs the body of one call, with a deadline.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Json } from "../../protocol/frames.ts";
import type { Limits } from "../../protocol/limits.ts";
import { issueFields, type Schema, type SchemaResult } from "../../protocol/schema.ts";
import { HttpError } from "../http/error.ts";
import { type Action, isAction } from "../../protocol/action.ts";
import { type CalledAction, hasCallbacks, surround } from "./callbacks.ts";
import { UntrustedError } from "./untrusted.ts";
import { attach, type CallContext, type Reflex } from "./reflex.ts";
import type { MethodKind } from "./registry.ts";

/** What a call runs. */
export interface Resolved {
  /** Makes the instance. */
  readonly create: new () => Reflex;
  /** The method or field. */
  readonly method: string;
  /** How it is called. */
  readonly kind: MethodKind;
}

/** A body that has run. */
export interface Ran {
  /** The instance, with the fields that the body set. */
  readonly reflex: Reflex;
  /** What it returned. */
  readonly value: unknown;
}

/**
 * Runs a body on a new instance. A method that does not wait has run when this returns.
 *
 * @param resolved what to run
 * @param input the arguments of a method, or the one input of an action
 * @param called what the class's own callbacks are told
 * @param makeContext gets the deadline of the body
 * @throws WireError `invalid` for input that the schema refuses, `timeout` after the deadline; and whatever the body
 * throws
 */
export function run(
  { create, method, kind }: Resolved,
  input: readonly Json[] | unknown,
  called: CalledAction,
  makeContext: (deadline: Deadline) => CallContext,
  limits: Pick<Limits, "reflex" | "schema">,
  clock: Clock,
  late: (error: unknown) => void,
): Ran | Promise<Ran> {
  const reflex = new create();
  // The registry has found the name among the class's own; this reads it from the instance that `this` will be.
  const member = (reflex as unknown as Record<string, unknown>)[method];
  const begin = (deadline: Deadline): CallContext => {
    const context = makeContext(deadline);
    attach(reflex, context);
    return context;
  };
  if (kind === "action") {
    if (!isAction(member)) throw new TypeError(`Cannot call ${method}: this instance has no such action.`);
    const read = () => check(member.schema, input, limits, clock, late);
    const ms = member.options.timeout ?? limits.reflex;
    return hasCallbacks(reflex)
      ? actSurrounded(reflex, member, read, called, begin, ms, clock, late)
      : act(reflex, member, read, begin, ms, clock, late);
  }
  const body = () => (member as (...args: unknown[]) => unknown).apply(reflex, input as unknown[]);
  const value = within(limits.reflex, clock, (deadline) => {
    const context = begin(deadline);
    return hasCallbacks(reflex) ? surround(reflex, called, body, context) : body();
  }, late);
  return value instanceof Promise ? value.then((value) => ({ reflex, value })) : { reflex, value };
}

type Check = () => unknown | Promise<unknown>;
type Begin = (deadline: Deadline) => CallContext;

async function act(
  reflex: Reflex,
  { run }: Action,
  check: Check,
  begin: Begin,
  ms: number,
  clock: Clock,
  late: (error: unknown) => void,
): Promise<Ran> {
  const checked = await check();
  const value = await within(
    ms,
    clock,
    (deadline) => run.call(reflex, checked as never, begin(deadline)),
    late,
  );
  return { reflex, value };
}

// Whoever may not call it learns nothing of what it takes: `before` comes first.
async function actSurrounded(
  reflex: Reflex,
  { run }: Action,
  check: Check,
  called: CalledAction,
  begin: Begin,
  ms: number,
  clock: Clock,
  late: (error: unknown) => void,
): Promise<Ran> {
  const value = await within(ms, clock, (deadline) => {
    const context = begin(deadline);
    const body = async () => {
      const checked = await check();
      context.signal.throwIfAborted();
      return await run.call(reflex, checked as never, context);
    };
    return surround(reflex, called, body, context);
  }, late);
  return { reflex, value };
}

/**
 * Asks a schema about input.
 *
 * @throws WireError `invalid` for what it refuses, `timeout` after the deadline
 */
export function check(
  schema: Schema,
  input: unknown,
  limits: Pick<Limits, "schema">,
  clock: Clock,
  late: (error: unknown) => void,
): unknown {
  return within(limits.schema, clock, () => validate(schema, input), late);
}

function validate(schema: Schema, input: unknown): unknown {
  const result = schema["~standard"].validate(input);
  return isThenable(result) ? result.then(checkedValue) : checkedValue(result);
}

function checkedValue(result: SchemaResult<unknown>): unknown {
  if (result.issues === undefined) return result.value;
  throw new WireError("invalid", undefined, { fields: issueFields(result.issues) });
}

/** Until when something runs. */
export class Deadline {
  #controller: AbortController | undefined;
  #error: WireError | undefined;

  /** Aborted when the time is over. Made when somebody asks for it: most bodies are done before they could. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#error !== undefined) this.#controller.abort(this.#error);
    }
    return this.#controller.signal;
  }

  /** The error of a deadline that has passed. */
  get passed(): WireError | undefined {
    return this.#error;
  }

  /** The time is over. */
  pass(error: WireError): void {
    this.#error = error;
    this.#controller?.abort(error);
  }
}

/**
 * Runs something for at most so long. What is done at once needs no timer, and nobody waits for it.
 *
 * @param late hears of a failure after the deadline, when the caller has been answered
 * @throws WireError `timeout`
 */
export function within<T>(
  ms: number,
  clock: Clock,
  run: (deadline: Deadline) => T | Promise<T>,
  late: (error: unknown) => void,
): Awaited<T> | Promise<Awaited<T>> {
  const deadline = new Deadline();
  const running = run(deadline);
  return isThenable(running) ? inTime(running, deadline, ms, clock, late) : running as Awaited<T>;
}

async function inTime<T>(
  running: PromiseLike<T>,
  deadline: Deadline,
  ms: number,
  clock: Clock,
  late: (error: unknown) => void,
): Promise<Awaited<T>> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => {
    deadline.pass(new WireError("timeout", `It took longer than ${ms / 1000} s.`));
    reject(deadline.passed);
  });
  const result = Promise.resolve(running);
  result.catch((error) => {
    if (deadline.passed !== undefined && error !== deadline.passed) late(error);
  });
  try {
    return await Promise.race([result, over]);
  } finally {
    cancel();
  }
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** An error of a body as what the peer may know of it; `undefined` where that is nothing. */
export function peerError(error: unknown): WireError | undefined {
  if (error instanceof WireError) return error;
  if (error instanceof UntrustedError) {
    return new WireError("invalid", undefined, { fields: { [error.field]: error.message } });
  }
  if (error instanceof HttpError) {
    const code = error.status === 403 ? "forbidden" : error.status < 500 ? "halted" : "failed";
    return new WireError(code, error.message, { cause: error.cause });
  }
  return undefined;
}
