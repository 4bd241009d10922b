/**
 * Sources of lists with which something is the matter.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { arraySource } from "../../socksync/array_source.ts";
import { attachList, type List } from "../../socksync/list.ts";
import type { ListChange, ListSlice, ListSource, ListStep, ListWatch } from "../../socksync/source.ts";
import { after } from "./_reference.ts";

/** Makes a list part of something that has a clock to be turned, and in which nothing may fail. */
export function attach<T>(shared: List<T>, clock: Clock): void {
  const failed = (what: string, error: unknown) => {
    throw new Error(what, { cause: error });
  };
  attachList(shared, "$sync/x", { clock, failed, changed() {}, looked() {} }, { changed() {} });
}

/** A source in memory whose changes somebody else makes, in as many steps as they like. */
export class ToldSource<T> implements ListSource<T> {
  readonly name = "told";
  readonly isShared = true;
  readonly isOrdered = false;
  items: readonly T[];
  version = 0;
  reads = 0;
  /** How many watch. */
  watches = 0;
  #tell: ((change: ListChange<T>) => void) | undefined;

  constructor(items: readonly T[]) {
    this.items = items;
  }

  read(start: number, end: number): ListSlice<T> | Promise<ListSlice<T>> {
    this.reads++;
    return { version: this.version, count: this.items.length, items: this.items.slice(start, end) };
  }

  /** Changes the list, and says nothing. */
  change(steps: readonly ListStep<T>[]): ListChange<T> {
    for (const step of steps) this.items = after(this.items, step);
    return { version: ++this.version, count: this.items.length, steps };
  }

  /** Says that the list has changed. */
  tell(change: ListChange<T>): void {
    this.#tell?.(change);
  }

  insert(index: number | undefined, value: T): ListChange<T> {
    return this.change([{ kind: "insert", index: index ?? this.items.length, value }]);
  }

  delete(index: number): ListChange<T> {
    return this.change([{ kind: "delete", index }]);
  }

  async update(index: number, change: (item: T) => T | Promise<T>): Promise<ListChange<T>> {
    return this.change([{ kind: "set", index, value: await change(this.items[index]!) }]);
  }

  watch(tell: (change: ListChange<T>) => void): ListWatch {
    this.#tell = tell;
    this.watches++;
    return { [Symbol.dispose]: () => void this.watches-- };
  }
}

/** A source whose answers come when the test says so, in the order that it says. */
export class LateSource<T> implements ListSource<T> {
  readonly name = "late";
  readonly isShared = true;
  readonly isOrdered = false;
  readonly #inner;
  /** The list at each of its versions. */
  readonly history: (readonly T[])[];
  #waiting: (() => void)[] = [];
  /** Whether a stretch is as it is when it is asked for, not when it is given. */
  isEarly = true;

  constructor(items: readonly T[]) {
    this.#inner = arraySource(items);
    this.history = [[...items]];
  }

  get items(): readonly T[] {
    return this.history.at(-1)!;
  }

  /** Answers that are to be given. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Gives one of the answers. */
  release(which: number): void {
    const [give] = this.#waiting.splice(which % Math.max(1, this.#waiting.length), 1);
    give?.();
  }

  read(start: number, end: number): Promise<ListSlice<T>> {
    const early = this.isEarly ? this.#inner.read(start, end) : undefined;
    return this.#late(() => early ?? this.#inner.read(start, end));
  }

  insert(index: number | undefined, value: T): Promise<ListChange<T>> {
    return this.#changed(this.#inner.insert(index, value));
  }

  delete(index: number): Promise<ListChange<T>> {
    return this.#changed(this.#inner.delete(index));
  }

  move(from: number, to: number): Promise<ListChange<T>> {
    return this.#changed(this.#inner.move(from, to));
  }

  replace(items: readonly T[]): Promise<ListChange<T>> {
    return this.#changed(this.#inner.replace(items));
  }

  async update(index: number, change: (item: T) => T | Promise<T>): Promise<ListChange<T>> {
    return await this.#changed(this.#inner.update(index, change) as ListChange<T>);
  }

  // What is done is done at once; that it is done is said late.
  #changed(change: ListChange<T>): Promise<ListChange<T>> {
    this.history.push(this.#inner.read(0, Infinity).items);
    return this.#late(() => change);
  }

  #late<V>(give: () => V): Promise<V> {
    return new Promise((resolve) => this.#waiting.push(() => resolve(give())));
  }
}
