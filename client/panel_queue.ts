/**
 * What is to happen later, in the order in which it was asked for.
 *
 * @module
 */

/** Runs things one after another, each so many milliseconds after it was asked for. */
export class Queue {
  readonly #waiting: { readonly at: number; readonly run: () => void }[] = [];

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Runs it after so many milliseconds, and behind all that waits. */
  add(ms: number, run: () => void): void {
    const at = Math.max(performance.now() + ms, this.#waiting.at(-1)?.at ?? 0);
    if (this.#waiting.push({ at, run }) === 1) this.#wait();
  }

  #wait(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    setTimeout(() => {
      this.#waiting.shift();
      first.run();
      this.#wait();
    }, first.at - performance.now());
  }
}
