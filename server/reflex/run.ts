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
 * @param makeContext gets the signal that ends with the deadline
 * @returns the instance with the fields that the body set, and what it returned
 * @throws WireError `invalid` for input that the schema refuses, `timeout` after the deadline; and whatever the body
 * throws
 */
export async function run(
  { create, method, kind }: Resolved,
  input: readonly Json[] | unknown,
  makeContext: (signal: AbortSignal) => CallContext,
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
  const value = await within(ms, clock, (signal) => {
    const context = makeContext(signal);
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

/**
 * Runs something for at most so long.
 *
 * @param late hears of a failure after the deadline, when the caller has been answered
 * @throws WireError `timeout`
 */
export async function within<T>(
  ms: number,
  clock: Clock,
  run: (signal: AbortSignal) => T | Promise<T>,
  late: (error: unknown) => void,
): Promise<Awaited<T>> {
  const controller = new AbortController();
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => {
    const error = new WireError("timeout", `It took longer than ${ms / 1000} s.`);
    controller.abort(error);
    reject(error);
  });
  try {
    const running = Promise.resolve(run(controller.signal));
    running.catch((error) => {
      if (controller.signal.aborted && error !== controller.signal.reason) late(error);
    });
    return await Promise.race([running, deadline]);
  } finally {
    cancel();
  }
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
