/**
 * The items of a list in memory, of one isolate.
 *
 * @module
 */

import type { ListChange, ListSlice, ListSource, ListStep } from "./source.ts";

/**
 * A source in memory: it answers at once, but for an update whose function takes time.
 *
 * @example
 * ```ts
 * import { type ArraySource, arraySource } from "@argyle/argyle/socksync";
 * const words: ArraySource<string> = arraySource();
 * const { version } = words.replace(["tea", "milk"]);
 * ```
 */
export interface ArraySource<T> extends ListSource<T> {
  /** Reads the items from `start` on, up to but without `end`. */
  read(start: number, end: number): ListSlice<T>;
  /**
   * Adds an item.
   *
   * @param index where it is to stand, 0 to the count; `undefined`: at the end
   * @throws RangeError for an index that is none
   */
  insert(index: number | undefined, value: T): ListChange<T>;
  /**
   * Removes an item.
   *
   * @throws RangeError for an index that is none
   */
  delete(index: number): ListChange<T>;
  /**
   * Takes an item from one place to another: `to` is its index afterwards.
   *
   * @throws RangeError for an index that is none
   */
  move(from: number, to: number): ListChange<T>;
  /** Puts other items in the place of all; of this array too it keeps a copy. */
  replace(items: readonly T[]): ListChange<T>;
}

/**
 * Keeps the items of a list in memory. It begins with a copy of the array: what is done to the array afterwards is not
 * seen, and the array stays as it is.
 *
 * Another isolate has another list, and with the process it is gone.
 *
 * @param items what is in the list at first
 *
 * @example
 * ```ts
 * import { arraySource } from "@argyle/argyle/socksync";
 * const shopping = arraySource(["milk", "tea"]);
 * shopping.insert(1, "bread");
 * console.log(shopping.read(0, 10).items); // milk, bread, tea
 * ```
 */
export function arraySource<T>(items: readonly T[] = []): ArraySource<T> {
  return new MemoryItems(items);
}

class MemoryItems<T> implements ArraySource<T> {
  readonly name = "array";
  readonly isShared = false;
  readonly isOrdered = false;
  #items: T[];
  #version = 0;

  constructor(items: readonly T[]) {
    this.#items = [...items];
  }

  read(start: number, end: number): ListSlice<T> {
    return { version: this.#version, count: this.#items.length, items: this.#items.slice(start, end) };
  }

  insert(index: number | undefined, value: T): ListChange<T> {
    const count = this.#items.length, at = index ?? count;
    check("insert at", at, count, count);
    this.#items.splice(at, 0, value);
    return this.#changed([{ kind: "insert", index: at, value }]);
  }

  update(index: number, change: (item: T) => T | Promise<T>): ListChange<T> | Promise<ListChange<T>> {
    for (;;) {
      const version = this.#version, made = change(this.#at("update", index));
      if (made instanceof Promise) return this.#updateLater(index, change, version, made);
      // The function may have changed the list itself.
      if (this.#version === version) return this.#set(index, made);
    }
  }

  delete(index: number): ListChange<T> {
    this.#at("delete", index);
    this.#items.splice(index, 1);
    return this.#changed([{ kind: "delete", index }]);
  }

  move(from: number, to: number): ListChange<T> {
    const value = this.#at("move from", from);
    this.#at("move to", to);
    this.#items.splice(from, 1);
    this.#items.splice(to, 0, value);
    return this.#changed([{ kind: "delete", index: from }, { kind: "insert", index: to, value }]);
  }

  replace(items: readonly T[]): ListChange<T> {
    this.#items = [...items];
    return this.#changed();
  }

  async #updateLater(
    index: number,
    change: (item: T) => T | Promise<T>,
    version: number,
    made: Promise<T>,
  ): Promise<ListChange<T>> {
    const value = await made;
    return await (this.#version === version ? this.#set(index, value) : this.update(index, change));
  }

  #at(what: string, index: number): T {
    const { length } = this.#items;
    check(what, index, length - 1, length);
    return this.#items[index]!;
  }

  #set(index: number, value: T): ListChange<T> {
    this.#items[index] = value;
    return this.#changed([{ kind: "set", index, value }]);
  }

  #changed(steps?: readonly ListStep<T>[]): ListChange<T> {
    return { version: ++this.#version, count: this.#items.length, steps };
  }
}

function check(what: string, index: number, most: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index <= most) return;
  throw new RangeError(`Cannot ${what} ${index}: the list has ${count} items.`);
}
