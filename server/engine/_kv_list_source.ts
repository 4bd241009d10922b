/**
 * The items of a list in Deno KV.
 *
 * @module
 */

import type { ListChange, ListSlice, ListSource, ListStep } from "../../socksync/source.ts";
import { checkOrder, compareKeys, type ItemKey } from "./_kv_list_keys.ts";
import { Changed, Moment, type Reading } from "./_kv_list_moment.ts";
import { replaceAll } from "./_kv_list_replace.ts";
import { packBucket, packRoot } from "./_kv_list_stored.ts";
import { refusal } from "./_kv_list_writing.ts";
import { unlocked } from "./_kv_locked.ts";
import type { Turns } from "./turns.ts";

/** What an item is ordered by. */
export type OrderBy<T> = (item: T) => Deno.KvKey;

/** Who stands in line with whom. */
export interface Line {
  readonly turns: Turns;
  readonly name: string;
}

// Who meets somebody waits up to 1, 2, 4 … 128 ms: some four seconds in all. Within a process nobody meets anybody.
const TRIES = 64, WAIT_DOUBLINGS = 7;

// After so many tries a reader stands in line with those who write.
const READS_ALONE = 3;

/** How long, in milliseconds, a function that takes time keeps others of this process waiting when it is called again. */
export const HELD = 1000;

/** What one change does: the steps, and what becomes of which items. */
interface Edit<T> {
  readonly steps: readonly ListStep<T>[];
  readonly by: number;
  readonly set?: readonly [ItemKey, T];
  readonly removed?: ItemKey;
}

/** Keeps items one to a key, and their order in a tree of counted buckets. */
export class KvItems<T> implements ListSource<T> {
  readonly name = "kv";
  readonly isShared = true;
  readonly isOrdered: boolean;
  readonly move?: (from: number, to: number) => Promise<ListChange<T>>;
  readonly #reading: Reading;
  readonly #orderBy: OrderBy<T> | undefined;
  readonly #line: Line;

  constructor(reading: Reading, line: Line, orderBy?: OrderBy<T>) {
    this.#reading = reading;
    this.#line = line;
    this.#orderBy = orderBy;
    this.isOrdered = orderBy !== undefined;
    if (orderBy === undefined) this.move = (from, to) => this.#move(from, to);
  }

  async read(start: number, end: number): Promise<ListSlice<T>> {
    return await this.#again("read", async (tried) => {
      const give = tried < READS_ALONE ? undefined : await this.#turn();
      try {
        const moment = await Moment.now(this.#reading), { version, count } = moment.root;
        const keys = await moment.tree.keys(Math.min(start, count), Math.min(end, count));
        return { version, count, items: await moment.items(keys) as T[] };
      } finally {
        give?.();
      }
    });
  }

  async insert(index: number | undefined, value: T): Promise<ListChange<T>> {
    const orderBy = this.#orderBy;
    if (orderBy !== undefined && index !== undefined) {
      throw new TypeError(
        `Cannot insert at ${index}: the list is ordered, and has a place for the item itself.`,
      );
    }
    const order = orderBy === undefined ? [] : checkOrder(orderBy(value));
    return await this.#change("insert", async ({ root, tree }) => {
      const { count, version } = root, key = [...order, version + 1];
      let at = index ?? count;
      if (orderBy !== undefined) at = await tree.insertInOrder(key);
      else await tree.insertAt(checked("insert at", at, count, count), key);
      return { steps: [{ kind: "insert", index: at, value }], by: 1, set: [key, value] };
    });
  }

  async update(index: number, change: (item: T) => T | Promise<T>): Promise<ListChange<T>> {
    return await this.#again("update", async (tried) => {
      // Others may come first while a function takes its time, but not again and again.
      let give = await this.#turn(tried === 0 ? Infinity : HELD);
      try {
        const moment = await Moment.now(this.#reading), { count } = moment.root;
        const [key] = await moment.tree.keys(checked("update", index, count - 1, count), index + 1);
        const [item] = await moment.items([key!]);
        let value = change(item as T);
        if (value instanceof Promise) {
          if (tried === 0) give();
          value = await value;
          if (tried === 0) give = await this.#turn();
        }
        return await this.#commit(moment, await this.#updated(moment, index, key!, value));
      } finally {
        give();
      }
    });
  }

  async delete(index: number): Promise<ListChange<T>> {
    return await this.#change("delete", async ({ root: { count }, tree }) => {
      const removed = await tree.removeAt(checked("delete", index, count - 1, count));
      return { steps: [{ kind: "delete", index }], by: -1, removed };
    });
  }

  async replace(items: readonly T[]): Promise<ListChange<T>> {
    const root = await replaceAll(this.#reading, items, this.#orderBy, (run) => this.#inTurn("replace", run));
    return { version: root.version, count: root.count };
  }

  async #move(from: number, to: number): Promise<ListChange<T>> {
    return await this.#change("move", async (moment) => {
      const { root: { count }, tree } = moment;
      checked("move from", from, count - 1, count);
      checked("move to", to, count - 1, count);
      const [key] = await tree.keys(from, from + 1), [value] = await moment.items([key!]);
      await tree.removeAt(from);
      await tree.insertAt(to, key!);
      const steps: ListStep<T>[] = [
        { kind: "delete", index: from },
        { kind: "insert", index: to, value: value as T },
      ];
      return { steps, by: 0 };
    });
  }

  async #updated({ root, tree }: Moment, index: number, key: ItemKey, value: T): Promise<Edit<T>> {
    const order = this.#orderBy === undefined ? [] : checkOrder(this.#orderBy(value));
    if (compareKeys(order, key.slice(0, -1)) === 0) {
      return { steps: [{ kind: "set", index, value }], by: 0, set: [key, value] };
    }
    await tree.removeAt(index);
    const moved = [...order, root.version + 1], to = await tree.insertInOrder(moved);
    const steps: ListStep<T>[] = [{ kind: "delete", index }, { kind: "insert", index: to, value }];
    return { steps, by: 0, set: [moved, value], removed: key };
  }

  async #change(what: string, edit: (moment: Moment) => Promise<Edit<T>>): Promise<ListChange<T>> {
    return await this.#inTurn(what, async () => {
      const moment = await Moment.now(this.#reading);
      return await this.#commit(moment, await edit(moment));
    });
  }

  async #commit({ root, versionstamp, tree }: Moment, edit: Edit<T>): Promise<ListChange<T>> {
    const { db, paths, isOrdered, clock } = this.#reading, { generation } = root;
    const version = root.version + 1, count = root.count + edit.by;
    const result = await unlocked(clock, () => {
      const atomic = db.atomic().check({ key: paths.root, versionstamp });
      if (edit.removed !== undefined) atomic.delete(paths.item(generation, edit.removed));
      if (edit.set !== undefined) atomic.set(paths.item(generation, edit.set[0]), edit.set[1]);
      for (const [id, bucket] of tree.changed) {
        if (bucket === null) atomic.delete(paths.bucket(generation, id));
        else atomic.set(paths.bucket(generation, id), packBucket(bucket, isOrdered));
      }
      atomic.set(paths.root, packRoot({ ...tree.top, version, count, generation }, isOrdered));
      return refusal(atomic.commit());
    });
    if (!result.ok) throw new Changed();
    return { version, count, steps: edit.steps };
  }

  #inTurn<R>(what: string, run: () => Promise<R>): Promise<R> {
    return this.#again(what, async () => {
      const give = await this.#turn();
      try {
        return await run();
      } finally {
        give();
      }
    });
  }

  #turn(ms = Infinity): Promise<() => void> {
    return this.#line.turns.take(this.#line.name, ms);
  }

  // What has met a change that came from elsewhere is done again.
  async #again<R>(what: string, run: (tried: number) => Promise<R>): Promise<R> {
    for (let tried = 0;; tried++) {
      try {
        return await run(tried);
      } catch (error) {
        if (!(error instanceof Changed)) throw error;
        if (tried === TRIES) {
          throw new Error(`Cannot ${what}: the list ${this.#line.name} has changed each of ${TRIES} times.`, {
            cause: error,
          });
        }
        const wait = Math.random() * 2 ** Math.min(tried, WAIT_DOUBLINGS);
        await new Promise<void>((resolve) => this.#reading.clock.after(wait, resolve));
      }
    }
  }
}

function checked(what: string, index: number, most: number, count: number): number {
  if (Number.isInteger(index) && index >= 0 && index <= most) return index;
  throw new RangeError(`Cannot ${what} ${index}: the list has ${count} items.`);
}
