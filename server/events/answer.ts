/**
 * What a handler returns, as a message.
 *
 * @module
 */

import type { Schema, SchemaResult } from "../../protocol/schema.ts";
import { type Maybe, then } from "../../socksync/maybe.ts";
import { type EventError, issueErrors, type MessageId } from "./event_error.ts";

/** What the server itself would have said is not what it may say. */
export class OutputError extends TypeError {
  /** Where, below `response`; and why, which may tell of the data. */
  readonly errors: readonly EventError[];

  constructor(event: string, errors: readonly EventError[], cause?: unknown) {
    const said = errors.map(({ loc, msg }) => loc.length === 0 ? msg : `${loc.join(".")}: ${msg}`).join("; ");
    super(`Cannot answer ${JSON.stringify(event)}: ${said}`, cause === undefined ? undefined : { cause });
    this.errors = errors;
  }
}

/** What is answered. */
export interface Asked {
  readonly event: string;
  readonly id: MessageId | undefined;
  /** Reads it, and may make another of it. */
  readonly output: Schema | undefined;
}

/**
 * The answer to a message: an object with its `type`, in this order from what was returned, from what the schema gives, and
 * from the event. Nothing for `undefined`.
 *
 * @param isPart whether more is to come: then `end` is not for it to say
 * @throws OutputError for what the schema refuses, for what is no object and for what JSON cannot carry
 */
export function writeAnswer(asked: Asked, value: unknown, isPart = false): Maybe<string | undefined> {
  if (value === undefined) return undefined;
  const returned = asPlain(value), { event, output } = asked;
  if (output === undefined) return write(asked, returned, returned, isPart);
  const result = output["~standard"].validate(returned) as Maybe<SchemaResult<unknown>>;
  return then(result, (result) => {
    if (result.issues !== undefined) throw new OutputError(event, issueErrors(result.issues, returned));
    return write(asked, returned, asPlain(result.value), isPart);
  });
}

/** The answer to a message that wants one where there is nothing to say; or the end of one that has come in parts. */
export function writeEmpty({ event, id }: Asked, isEnd: boolean): string {
  return JSON.stringify({ type: event, id, ...isEnd ? { end: true } : {} });
}

function write({ event, id }: Asked, returned: unknown, value: unknown, isPart: boolean): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OutputError(event, [{ loc: [], msg: "value is not a valid dict", type: "type_error.dict" }]);
  }
  const { type: ownType, ...data } = value as Record<string, unknown>;
  const type = (returned as { type?: unknown } | null)?.type ?? ownType ?? event;
  if (typeof type !== "string") {
    throw new OutputError(event, [{ loc: ["type"], msg: "str type expected", type: "type_error.str" }]);
  }
  for (const key of isPart ? ["id", "end"] : ["id"]) {
    if (data[key] === undefined) continue;
    const msg = `${key} is the envelope's; call it something else`;
    throw new OutputError(event, [{ loc: [key], msg, type: "value_error.reserved" }]);
  }
  try {
    return JSON.stringify({ type, id, ...data });
  } catch (cause) {
    throw new OutputError(event, [{ loc: [], msg: "JSON cannot carry it", type: "type_error.json" }], cause);
  }
}

// What JSON makes of it: an object of a class may say so itself.
function asPlain(value: unknown): unknown {
  const { toJSON } = (value ?? {}) as { toJSON?: unknown };
  return typeof toJSON === "function" ? toJSON.call(value, "") : value;
}
