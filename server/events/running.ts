/**
 * One message that is being handled.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";

/** It took too long. */
export class LateError extends DOMException {
  constructor(event: string, ms: number) {
    super(`${event} took longer than ${ms} ms.`, "TimeoutError");
  }
}

/** Says when nobody waits for it any more. */
export class Running {
  readonly #clock: Pick<Clock, "after">;
  #controller: AbortController | undefined;
  #reason: unknown;
  #stop: ((reason: unknown) => void) | undefined;

  constructor(clock: Pick<Clock, "after">) {
    this.#clock = clock;
  }

  /** Made when somebody looks at it: most handlers do not. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined && !this.#controller.signal.aborted) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Why nobody waits any more. */
  get reason(): unknown {
    return this.#reason;
  }

  /** Nobody waits any more. */
  abort(reason: object): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#stop?.(reason);
    this.#controller?.abort(reason);
  }

  /**
   * Waits for something, and no longer than that.
   *
   * @param late makes the error of what has taken longer
   * @throws what it throws, or the reason why nobody waits any more
   */
  async within<T>(work: Promise<T>, ms: number, late: (ms: number) => object): Promise<T> {
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    if (this.#reason !== undefined) reject(this.#reason);
    this.#stop = reject;
    const cancel = ms === Infinity ? undefined : this.#clock.after(ms, () => this.abort(late(ms)));
    try {
      return await Promise.race([work, stopped]);
    } finally {
      cancel?.();
      this.#stop = undefined;
    }
  }
}

/** Whether something comes later: a promise of any making. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
