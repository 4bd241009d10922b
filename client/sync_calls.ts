/**
 * What a component knows of the calls that it makes.
 *
 * @module
 */

import type { CallInput, RemoteFunction } from "../socksync/remote.ts";

/** The calls of one component. It is kept over its renders. */
export class RemoteCalls<Input, Result> {
  /** What is called. */
  remote: RemoteFunction<Input, Result> | undefined;
  /** Calls that are under way. */
  pending = 0;
  /** Why the newest call that has ended has failed. */
  error: Error | undefined;
  /** What the newest call that has ended has given. */
  value: Result | undefined;
  readonly #draw: () => void;
  #isGone = false;
  #made = 0;
  /** The number of the call whose outcome is shown. */
  #shown = 0;

  /** @param draw shows what has changed */
  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** The component is there; what is returned says that it is there no longer. */
  begin(): () => void {
    this.#isGone = false;
    return () => {
      this.#isGone = true;
    };
  }

  /** Calls it. */
  readonly call = (...input: CallInput<Input>): Promise<Result> => {
    const n = ++this.#made;
    this.pending++;
    this.#look();
    const outcome = this.remote!.call(...input);
    // With this, a rejection has been looked at: it is shown.
    outcome.then(
      (value) => this.#end(n, value, undefined),
      (error) => this.#end(n, undefined, asError(error)),
    );
    return outcome;
  };

  #end(n: number, value: Result | undefined, error: Error | undefined): void {
    this.pending--;
    if (n > this.#shown) {
      this.#shown = n;
      this.value = value;
      this.error = error;
    }
    this.#look();
  }

  #look(): void {
    if (!this.#isGone) this.#draw();
  }
}

/** The reason of an `AbortSignal` may be anything. */
function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}
