/**
 * From a WebSocket message to an event: the envelope.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/frames.ts";
import { parseJson } from "../../protocol/json.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { EventError, MessageId } from "./event_error.ts";

/** A message, its envelope taken off. */
export interface EventMessage {
  /** The event. */
  readonly type: string;
  /** Names it, where an answer is wanted. */
  readonly id: MessageId | undefined;
  /** All its other keys. */
  readonly data: Readonly<Record<string, Json>>;
}

/** A message that is none. */
export interface Refused {
  readonly errors: readonly EventError[];
  /** Its id, where it has one all the same. */
  readonly id: MessageId | undefined;
}

/** Characters of an id. */
const ID = 128;

/** Reads what has come. It is a stranger's: size alone has been looked at. */
export function readMessage(text: unknown, limits: Pick<Limits, "depth" | "keys">): EventMessage | Refused {
  if (typeof text !== "string") return refuse("A message is a text, not binary.", "type_error.binary");
  let value: Json;
  try {
    value = parseJson(text, limits);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    if (error.cause !== undefined) return refuse("The message is not JSON.", "value_error.jsondecode");
    return error.message.includes("deeper")
      ? refuse(`A message is nested at most ${limits.depth} levels deep.`, "value_error.depth")
      : refuse(`A message has at most ${limits.keys} items.`, "value_error.items");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("value is not a valid dict", "type_error.dict");
  }
  const { type, id, ...data } = value as { readonly [key: string]: Json };
  const isId = id === undefined || isMessageId(id), known = isId ? id : undefined;
  const errors = [...typeErrors(type), ...isId ? [] : [idError]];
  return errors.length === 0 ? { type: type as string, id: known, data } : { errors, id: known };
}

/** What is wrong with an event that nobody handles. */
export function unknownEvent(given: string, permitted: readonly string[]): EventError {
  const names = permitted.map((name) => `'${name}'`).join(", ");
  return {
    loc: ["type"],
    msg: `unexpected value; permitted: ${names}`,
    type: "value_error.const",
    ctx: { given, permitted },
  };
}

function typeErrors(type: Json | undefined): EventError[] {
  const loc = ["type"];
  if (type === undefined) return [{ loc, msg: "field required", type: "value_error.missing" }];
  if (type === null) {
    return [{ loc, msg: "none is not an allowed value", type: "type_error.none.not_allowed" }];
  }
  return typeof type === "string" ? [] : [{ loc, msg: "str type expected", type: "type_error.str" }];
}

const idError: EventError = {
  loc: ["id"],
  msg: `an id is a number, or a text of at most ${ID} characters`,
  type: "type_error.id",
};

// `1e999` is read as a number that JSON cannot carry.
function isMessageId(id: Json): id is MessageId {
  return typeof id === "string" ? id.length <= ID : Number.isFinite(id);
}

function refuse(msg: string, type: string): Refused {
  return { errors: [{ loc: [], msg, type }], id: undefined };
}
