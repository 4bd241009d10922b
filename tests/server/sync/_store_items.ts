/**
 * A source of a list that several isolates share: all items in one value of a store. It answers late, as a database does.
 *
 * @module
 */

import type { Store } from "@argyle/argyle";
import type { ListChange, ListSlice, ListSource, ListStep } from "@argyle/argyle/socksync";

interface Whole<T> {
  readonly version: number;
  readonly items: readonly T[];
}

/** The items of one key. */
export class StoreItems<T> implements ListSource<T> {
  readonly name = "store";
  readonly isShared = true;
  readonly isOrdered = false;
  readonly #store: Store;
  readonly #key: string;
  /** How often it was read. */
  reads = 0;
  /** Thrown in place of the next answer. */
  fault: Error | undefined;

  constructor(store: Store, key = "items") {
    this.#store = store;
    this.#key = key;
  }

  async read(start: number, end: number): Promise<ListSlice<T>> {
    this.reads++;
    const { fault } = this;
    if (fault !== undefined) throw fault;
    const { version, items } = (await this.#get())[0];
    return { version, count: items.length, items: items.slice(start, end) };
  }

  insert(index: number | undefined, value: T): Promise<ListChange<T>> {
    return this.#change(({ length }) => {
      const at = index ?? length;
      return [{ kind: "insert", index: within(at, length + 1), value }];
    });
  }

  update(index: number, change: (item: T) => T | Promise<T>): Promise<ListChange<T>> {
    return this.#change(async (items) => {
      const value = await change(items[within(index, items.length)]!);
      return [{ kind: "set", index, value }];
    });
  }

  delete(index: number): Promise<ListChange<T>> {
    return this.#change(({ length }) => [{ kind: "delete", index: within(index, length) }]);
  }

  move(from: number, to: number): Promise<ListChange<T>> {
    return this.#change((items) => {
      const value = items[within(from, items.length)]!;
      within(to, items.length);
      return [{ kind: "delete", index: from }, { kind: "insert", index: to, value }];
    });
  }

  replace(items: readonly T[]): Promise<ListChange<T>> {
    return this.#change(() => items);
  }

  async #get(): Promise<[Whole<T>, string | null]> {
    const [entry] = await this.#store.get([this.#key]);
    return entry == null ? [{ version: 0, items: [] }, null] : [JSON.parse(entry.value), entry.version];
  }

  async #change(
    make: (
      items: readonly T[],
    ) => readonly ListStep<T>[] | readonly T[] | Promise<readonly ListStep<T>[]>,
  ): Promise<ListChange<T>> {
    for (;;) {
      const [{ version: before, items }, stored] = await this.#get();
      const made = await make(items), version = before + 1;
      const steps = isSteps<T>(made) ? made : undefined;
      const next = steps?.reduce(applied, items) ?? made as readonly T[];
      const value = JSON.stringify({ version, items: next } satisfies Whole<T>);
      const check = { key: this.#key, version: stored },
        write = { key: this.#key, value, expiresAt: Infinity };
      if (await this.#store.commit([check], [write]) === null) continue;
      return { version, count: next.length, ...steps !== undefined && { steps } };
    }
  }
}

function isSteps<T>(made: readonly unknown[]): made is readonly ListStep<T>[] {
  return made.length > 0 && typeof (made[0] as { kind?: unknown } | null)?.kind === "string";
}

function applied<T>(items: readonly T[], step: ListStep<T>): readonly T[] {
  if (step.kind === "delete") return items.toSpliced(step.index, 1);
  return items.toSpliced(step.index, step.kind === "set" ? 1 : 0, step.value);
}

function within(index: number, bound: number): number {
  if (Number.isInteger(index) && index >= 0 && index < bound) return index;
  throw new RangeError(`Cannot use ${index}: the list has less.`);
}
