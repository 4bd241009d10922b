/**
 * Runs the body of one call, with a deadline.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Json } from "../../protocol/frames.ts";
import type { Limits } from "../../protocol/limits.ts";
import { issueFields, type Schema } from "../../protocol/schema.ts";
import { HttpError } from "../http/error.ts";
import { type Action, isAction } from "./action.ts";
import { UntrustedError } from "./element.ts";
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

/**
 * Runs a body on a new instance.
 *
 * @param resolved what to run
 * @param input the arguments of a method, or the one input of an action
 * @param makeContext gets the deadline of the body
 * @returns the instance with the fields that the body set, and what it returned
 * @throws WireError `invalid` for input that the schema refuses, `timeout` after the deadline; and whatever the body
 * throws
 */
export async function run(
  { create, method, kind }: Resolved,
  input: readonly Json[] | unknown,
  makeContext: (deadline: Deadline) => CallContext,
  limits: Pick<Limits, "reflex" | "schema">,
  clock: Clock,
  late: (error: unknown) => void,
): Promise<{ reflex: Reflex; value: unknown }> {
  const reflex = new create();
  // The registry has found the name among the class's own; this reads it from the instance that `this` will be.
  const member = (reflex as unknown as Record<string, unknown>)[method];
  let checked = input;
  let ms = limits.reflex;
  if (kind === "action") {
    if (!isAction(member)) throw new TypeError(`Cannot call ${method}: this instance has no such action.`);
    checked = await within(limits.schema, clock, () => validate(member.schema, input), late);
    ms = member.options.timeout ?? ms;
  }
  const value = await within(ms, clock, (deadline) => {
    const context = makeContext(deadline);
    attach(reflex, context);
    if (kind === "action") return (member as Action).run.call(reflex, checked as never, context);
    return (member as (...args: unknown[]) => unknown).apply(reflex, checked as unknown[]);
  }, late);
  return { reflex, value };
}

async function validate(schema: Schema, input: unknown): Promise<unknown> {
  const result = await schema["~standard"].validate(input);
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
 * Runs something for at most so long.
 *
 * @param late hears of a failure after the deadline, when the caller has been answered
 * @throws WireError `timeout`
 */
export async function within<T>(
  ms: number,
  clock: Clock,
  run: (deadline: Deadline) => T | Promise<T>,
  late: (error: unknown) => void,
): Promise<Awaited<T>> {
  const deadline = new Deadline();
  const running = run(deadline);
  if (!isThenable(running)) return running as Awaited<T>; // done already: no timer for it
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

function isThenable(value: unknown): value is PromiseLike<unknown> {
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
