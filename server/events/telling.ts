/**
 * What a stranger is told of an error, and what the log.
 *
 * @module
 */

import { HttpError } from "../http/error.ts";
import { type Logger, makeReference, wordsOf } from "../observe.ts";
import { OutputError } from "./answer.ts";
import type { EventError } from "./event_error.ts";
import { LateError } from "./running.ts";

/** Who is told. */
export interface Telling {
  readonly log: Logger;
  /** Whether a developer asks, who may see details. */
  readonly development: boolean;
  /** Is told of what is the server's own fault. */
  failed(error: unknown): void;
}

/** An error as a stranger may know it. What is the server's own fault goes to the log. */
export function tellError(error: unknown, event: string, telling: Telling): readonly EventError[] {
  if (error instanceof HttpError && error.status < 500 && error.cause === undefined) {
    return [httpError(error)];
  }
  const { log, development, failed } = telling, reference = makeReference();
  log.error("an event could not be handled", error, { event, reference });
  failed(error);
  if (error instanceof HttpError && error.status < 500) return [httpError(error)];
  const type = "server_error", msg = `Something went wrong (${reference}).`;
  if (error instanceof LateError) return [{ loc: [], msg: `It took too long (${reference}).`, type }];
  // Its message is for the peer, whatever its status.
  if (error instanceof HttpError) {
    return [{ loc: [], msg: error.message, type, ctx: { status: error.status, reference } }];
  }
  if (error instanceof OutputError) {
    return error.errors.map(({ loc, msg: why }) => ({
      loc: ["response", ...loc],
      msg: development ? why : msg,
      type,
    }));
  }
  const ctx = development ? { ctx: { detail: wordsOf(error) } } : {};
  return [{ loc: [], msg, type, ...ctx }];
}

function httpError({ message, status }: HttpError): EventError {
  return { loc: [], msg: message, type: "http_error", ctx: { status } };
}
