/**
 * Why a frame was refused or a call failed.
 *
 * @module
 */

/**
 * Each code, with the sentence that a person gets where nothing better is known.
 *
 * @example
 * ```ts
 * import { type ErrorCode, errorSentences } from "@argyle/argyle/protocol";
 * const french: Partial<Record<ErrorCode, string>> = { forbidden: "Vous n'y êtes pas autorisé." };
 * const sentence = (code: ErrorCode) => french[code] ?? errorSentences[code];
 * console.assert(sentence("failed") === "The action failed.");
 * ```
 */
export const errorSentences = {
  malformed: "The frame is not valid.",
  too_large: "The frame is too large.",
  rate: "Too many frames in too short a time.",
  unknown_reflex: "No such reflex.",
  stale: "The page no longer offers this.",
  invalid: "The input is not valid.",
  halted: "The action was stopped.",
  forbidden: "You may not do this.",
  failed: "The action failed.",
  timeout: "The action took too long.",
  busy: "Too much is going on at once; try again.",
  expired: "This was sent before, and its outcome is no longer known. It was not run again.",
  replayed: "Another call was sent under this number before.",
  unavailable: "The state cannot be reached at the moment.",
  render: "The page could not be rendered.",
  disconnected: "The connection was lost before the outcome was known.",
} as const;

/**
 * The code of an error frame; stable, for programs.
 *
 * | code | means |
 * | --- | --- |
 * | `malformed`, `too_large`, `rate` | the frame was not looked at further |
 * | `unknown_reflex` | no such class or method is registered, or it may not be called |
 * | `stale` | the page does not offer this call, or no longer |
 * | `invalid` | the schema, or the reflex by `invalid()`, refused the input |
 * | `halted`, `forbidden` | the reflex said `abort()` or `forbid()` |
 * | `failed`, `timeout`, `busy` | nothing was committed |
 * | `unavailable` | the store did not answer: nothing was committed, unless it was the answer that was lost |
 * | `expired`, `replayed` | a call sent again whose outcome is gone, or which is not the same call |
 * | `render` | the page could not be rendered: with a call's number before the call was run, with 0 after it was committed |
 * | `disconnected` | made by the browser itself: the outcome will never be known |
 *
 * @example
 * ```ts
 * import type { ErrorCode } from "@argyle/argyle/protocol";
 * // Nothing was kept and nothing is wrong with the call: it may be made again.
 * const isPassing = (code: ErrorCode) => code === "busy" || code === "rate";
 * ```
 */
export type ErrorCode = keyof typeof errorSentences;

/**
 * An error that travels as a frame: what may be said to the peer.
 *
 * @example
 * ```ts
 * import { WireError } from "@argyle/argyle/protocol";
 * const error = new WireError("stale");
 * error.message; // "The page no longer offers this."
 * ```
 */
export class WireError extends Error {
  /** The code, for programs. */
  readonly code: ErrorCode;
  /** Sentences by field of the input, for `invalid`; else `undefined`. */
  readonly fields: Readonly<Record<string, string>> | undefined;
  /** The number of the call whose frame it was about; 0 where no number could be read. */
  readonly n: number;

  /**
   * An error to be told.
   *
   * @param code why
   * @param message a sentence for the peer; the code's own where left out
   * @param options `fields` for `invalid`; `n` of the call's frame; `cause` for the log, never sent
   */
  constructor(
    code: ErrorCode,
    message: string = errorSentences[code],
    options: { fields?: Record<string, string>; n?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "WireError";
    this.code = code;
    this.fields = options.fields;
    this.n = options.n ?? 0;
  }
}
