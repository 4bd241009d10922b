/**
 * Which messages of other isolates were heard already: a bus may bring one twice, and so may whoever has recorded it.
 *
 * @module
 */

/** So far behind its newest message one of an isolate may come, as one that had to wait for the bus. */
const WINDOW = 4096;

/** Isolates of which this is remembered. */
const ISOLATES = 1000;

interface Heard {
  newest: number;
  readonly numbers: Set<number>;
}

/** Remembers the numbers of messages, by isolates. */
export class Seen {
  readonly #isolates = new Map<string, Heard>();

  /** Whether it is heard for the first time; from now on, it was heard. */
  add(isolate: string, number: number): boolean {
    let heard = this.#isolates.get(isolate);
    if (heard === undefined) {
      this.#isolates.set(isolate, heard = { newest: 0, numbers: new Set() });
      const [oldest] = this.#isolates.keys();
      if (this.#isolates.size > ISOLATES) this.#isolates.delete(oldest!);
    }
    const { numbers } = heard;
    if (number <= heard.newest - WINDOW || numbers.has(number)) return false;
    numbers.add(number);
    heard.newest = Math.max(heard.newest, number);
    // In the order in which they came, which is nearly theirs.
    if (numbers.size > WINDOW) {
      const [first] = numbers;
      numbers.delete(first!);
    }
    return true;
  }
}
