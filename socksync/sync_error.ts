/**
 * What can go wrong between two ends.
 *
 * @module
 */

/**
 * Why something could not be had of the other end.
 *
 * @example
 * ```ts
 * import { SyncError } from "@argyle/argyle/socksync";
 * const advice = (error: unknown) =>
 *   error instanceof SyncError && error.reason === "disconnected" ? "It may have happened. Look, then try again." : "";
 * console.assert(advice(new SyncError("disconnected", "The line is gone.")) !== "");
 * ```
 */
export class SyncError extends Error {
  /**
   * `refused`: the other end has answered with an error; `timeout`: it has not answered in time; `disconnected`: the line was
   * lost before the answer, so that nobody knows whether it was done, or the peer was closed; `invalid`: what was asked for
   * cannot be sent, or what was answered is not what it should be.
   */
  readonly reason: "refused" | "timeout" | "disconnected" | "invalid";
  /** The number in the other end's error, 1 to 8. */
  readonly code: number | undefined;

  /** An error of this reason, with a sentence for whoever called. */
  constructor(reason: SyncError["reason"], message: string, code?: number) {
    super(message);
    this.name = "SyncError";
    this.reason = reason;
    this.code = code;
  }
}
