/**
 * What can go wrong between a program and an endpoint of typed events.
 *
 * @module
 */

/**
 * One thing that a server finds wrong with a message.
 *
 * @example
 * ```ts
 * import type { EventIssue } from "@argyle/argyle/client";
 * const issue: EventIssue = { loc: ["msg"], msg: "field required", type: "value_error.missing" };
 * const isMissing = ({ type }: EventIssue) => type === "value_error.missing";
 * console.assert(isMissing(issue));
 * ```
 */
export interface EventIssue {
  /** The way to the culprit in the message; empty where the message as a whole is wrong, or the server has failed. */
  readonly loc: readonly (string | number)[];
  /** For people. */
  readonly msg: string;
  /** For programs: `value_error.missing`, `type_error.string`, `http_error`, `server_error` and others. */
  readonly type: string;
  /** More of it, where there is more. */
  readonly ctx?: Readonly<Record<string, unknown>>;
}

/**
 * Why a message could not be sent, or was not answered.
 *
 * @example
 * ```ts
 * import { EventsError } from "@argyle/argyle/client";
 * const advice = (error: unknown) =>
 *   error instanceof EventsError && error.reason === "disconnected" ? "It may have happened. Look, then try again." : "";
 * console.assert(advice(new EventsError("disconnected", "The line is gone.")) !== "");
 * ```
 */
export class EventsError extends Error {
  /**
   * `refused`: the server has answered with `errors`; `timeout`: it has not answered in time; `disconnected`: the line was
   * lost after the message was sent and before the answer, so that nobody knows whether it was done, or the client is
   * closed; `full`: too much waits, and this was not sent; of a stream, more has come than was read; `invalid`: it cannot
   * be sent at all.
   */
  readonly reason: "refused" | "timeout" | "disconnected" | "full" | "invalid";
  /** All that the server finds wrong; none where it is not the server that says so. */
  readonly errors: readonly EventIssue[];

  /** An error of this reason, with a sentence for whoever has sent the message. */
  constructor(
    reason: EventsError["reason"],
    message: string,
    errors: readonly EventIssue[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "EventsError";
    this.reason = reason;
    this.errors = errors;
  }
}
