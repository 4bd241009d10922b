/**
 * Why a call failed, for the code that made it.
 *
 * @module
 */

import type { ErrorCode } from "../protocol/errors.ts";

/**
 * What the promise of a failed call rejects with.
 *
 * @example
 * ```ts
 * import { ReflexError } from "@argyle/argyle/client";
 * const error = new ReflexError("invalid", "The input is not valid.", { email: "Required" });
 * error.fields?.email; // "Required"
 * ```
 */
export class ReflexError extends Error {
  /** The code, for programs. */
  readonly code: ErrorCode;
  /** Sentences by field of the input, for `invalid`; else `undefined`. */
  readonly fields: Readonly<Record<string, string>> | undefined;

  /**
   * Made from what an error frame says, or by the browser itself.
   *
   * @param code for programs
   * @param message a sentence for the person
   * @param fields sentences by field, for `invalid`
   */
  constructor(code: ErrorCode, message: string, fields?: Readonly<Record<string, string>>) {
    super(message);
    this.name = "ReflexError";
    this.code = code;
    this.fields = fields;
  }
}
