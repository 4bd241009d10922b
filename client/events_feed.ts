/**
 * Messages for a loop: what comes while it is busy waits.
 *
 * @module
 */

/** What is read one after another, by one loop. */
export class Feed<T> implements AsyncIterableIterator<T, void, void> {
  /** What waits to be read, the oldest first. */
  kept: T[] = [];
  readonly #left: () => void;
  #waiting: (() => void)[] = [];
  #end: { readonly error?: unknown } | undefined;

  /** @param left is called when whoever reads wants no more, perhaps more than once */
  constructor(left: () => void) {
    this.#left = left;
  }

  /** One more. */
  give(value: T): void {
    this.kept.push(value);
    this.#wake();
  }

  /** No more come; what waits can still be read, and then this error is thrown, once, where there is one. */
  end(end: { readonly error?: unknown } = {}): void {
    this.#end = end;
    this.#wake();
  }

  async next(): Promise<IteratorResult<T, void>> {
    while (this.kept.length < 1) {
      const end = this.#end;
      if (end) {
        this.#end = {};
        if ("error" in end) throw end.error;
        return { value: undefined, done: true };
      }
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
    return { value: this.kept.shift()!, done: false };
  }

  // Whoever waits in `next` at this moment is told too: a generator would let the two wait for each other.
  return(): Promise<IteratorResult<T, void>> {
    this.#left();
    this.kept = [];
    this.#end = {};
    this.#wake();
    return this.next();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
