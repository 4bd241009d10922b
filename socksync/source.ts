/**
 * Where the items of a list are. `sourceContract` of `@argyle/argyle/testing` is the same as tests.
 *
 * @module
 */

/**
 * A stretch of a list, as it was at one moment.
 *
 * @example
 * ```ts
 * import type { ListSlice } from "@argyle/argyle/socksync";
 * const page: ListSlice<string> = { version: 7, count: 30, items: ["tea", "milk"] };
 * ```
 */
export interface ListSlice<T> {
  /** Which moment it was: counts the changes of the list, each is one more. */
  readonly version: number;
  /** How many items the whole list had. */
  readonly count: number;
  /** The items of the stretch, as many of them as there were. */
  readonly items: readonly T[];
}

/**
 * One step of a change.
 *
 * @example
 * ```ts
 * import type { ListStep } from "@argyle/argyle/socksync";
 * const steps: ListStep<string>[] = [{ kind: "delete", index: 3 }, { kind: "insert", index: 0, value: "tea" }];
 * ```
 */
export type ListStep<T> =
  | { readonly kind: "insert"; readonly index: number; readonly value: T }
  | { readonly kind: "set"; readonly index: number; readonly value: T }
  | { readonly kind: "delete"; readonly index: number };

/**
 * A change of a list: from one version to the next.
 *
 * @example
 * ```ts
 * import type { ListChange } from "@argyle/argyle/socksync";
 * const sold: ListChange<string> = { version: 8, count: 29, steps: [{ kind: "delete", index: 3 }] };
 * const tidied: ListChange<string> = { version: 9, count: 12 }; // whoever shows it reads it anew
 * ```
 */
export interface ListChange<T> {
  /** The version after it; one more than before it, or several more where there are no `steps`. */
  readonly version: number;
  /** How many items the list has after it. */
  readonly count: number;
  /**
   * What has happened, in order, each step with an index in the list as the one before has left it. Left out where that is
   * more than anybody wants to follow, or is not known: then all of the list may be another.
   */
  readonly steps?: readonly ListStep<T>[] | undefined;
}

/**
 * The items of a list, wherever they are. What it promises is tested by the contract:
 *
 * - `read` gives items, count and version of one moment, also while others change the list.
 * - Every change is a compare-and-set: two at once come one after the other, and each says what it was.
 * - Versions are safe integers; each change has the next one. They never go back, also over restarts, where the items
 *   themselves outlive them.
 * - An index that is none is a `RangeError`, and changes nothing.
 *
 * All of these may answer at once, or by a promise. What a source gives is the caller's to keep and not to change.
 *
 * @example
 * ```ts
 * import { list, type ListSource } from "@argyle/argyle/socksync";
 * // The letters of the alphabet, which nobody changes.
 * const letters: ListSource<string> = {
 *   name: "alphabet",
 *   isShared: false,
 *   isOrdered: true,
 *   read: (start, end) => ({
 *     version: 0,
 *     count: 26,
 *     items: [..."abcdefghijklmnopqrstuvwxyz"].slice(start, end),
 *   }),
 *   insert: () => { throw new TypeError("The alphabet is complete."); },
 *   update: () => { throw new TypeError("The alphabet is as it is."); },
 *   delete: () => { throw new TypeError("The alphabet is needed."); },
 * };
 * const alphabet = list(letters);
 * ```
 */
export interface ListSource<T> {
  /** A word for logs: `array`, `kv`. */
  readonly name: string;
  /**
   * Whether the items are where other isolates have them too. Then what is changed through the source is told to them, by
   * the app's bus.
   */
  readonly isShared: boolean;
  /** Whether the source says by itself where an item stands, by an order that it has. */
  readonly isOrdered: boolean;
  /**
   * Reads the items from `start` on, up to but without `end`; both are whole numbers, 0 or more, `end` not less than `start`,
   * and may lie beyond the end of the list.
   */
  read(start: number, end: number): ListSlice<T> | Promise<ListSlice<T>>;
  /**
   * Adds an item.
   *
   * @param index where it is to stand, 0 to the count; `undefined`: at the end, or where the source's order has it
   * @throws RangeError for an index that is none; TypeError for any index where the source `isOrdered`
   */
  insert(index: number | undefined, value: T): ListChange<T> | Promise<ListChange<T>>;
  /**
   * Changes an item: reads it, has it made anew and puts that in its place, if nobody has changed the list meanwhile; else
   * all of that again. In an ordered source the item may come to stand elsewhere: a step `delete` and a step `insert`.
   *
   * @param change gets the item, gives the new one. It may be called several times. What it throws, `update` throws, and
   * nothing has changed
   * @throws RangeError for an index that is none
   */
  update(index: number, change: (item: T) => T | Promise<T>): ListChange<T> | Promise<ListChange<T>>;
  /**
   * Removes an item.
   *
   * @throws RangeError for an index that is none
   */
  delete(index: number): ListChange<T> | Promise<ListChange<T>>;
  /**
   * Takes an item from one place to another: `to` is its index afterwards. Left out where the source `isOrdered`, or cannot.
   *
   * @throws RangeError for an index that is none
   */
  move?(from: number, to: number): ListChange<T> | Promise<ListChange<T>>;
  /** Puts other items in the place of all. Left out where the source cannot. */
  replace?(items: readonly T[]): ListChange<T> | Promise<ListChange<T>>;
  /**
   * Begins to tell of changes that were not made through this object: by triggers, by other programs. Left out where nobody
   * else changes the items, or where nobody can know. Of those that were made through it, it may tell too: they have the
   * same version, and count once. Called once somebody looks at the list; ended by disposal when nobody does any more.
   *
   * @param tell must not throw; a change may be told late, and several as one without steps
   */
  watch?(tell: (change: ListChange<T>) => void): ListWatch | Promise<ListWatch>;
}

/**
 * A watch that a source keeps until it is disposed of.
 *
 * @example
 * ```ts
 * import type { ListWatch } from "@argyle/argyle/socksync";
 * const timer = setInterval(() => {}, 1000);
 * const watch: ListWatch = { [Symbol.dispose]: () => clearInterval(timer) };
 * watch[Symbol.dispose]();
 * ```
 */
export interface ListWatch {
  /** Ends it; done at once, or by a promise. */
  [Symbol.dispose](): void | Promise<void>;
}
