/**
 * A list as somebody has it who has read it once and then follows its changes.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { ListChange, ListSource } from "../socksync/source.ts";

/**
 * What lies in the lists that the contract of a source makes.
 *
 * @example
 * ```ts
 * import type { SourceItem } from "@argyle/argyle/testing";
 * const orderBy = ({ rank, name }: SourceItem) => [rank, name];
 * ```
 */
export interface SourceItem {
  /** At most 300 letters; an ordered source orders by them what has one rank. */
  readonly name: string;
  /** A whole number of at most 32 bits, by which an ordered source orders first. */
  readonly rank: number;
}

/** Holds a copy of a list, and says where a change does not fit it. */
export class Mirror {
  version: number;
  items: readonly SourceItem[];

  constructor(version: number, items: readonly SourceItem[]) {
    this.version = version;
    this.items = items;
  }

  /** Reads a whole list. */
  static async of(source: ListSource<SourceItem>): Promise<Mirror> {
    const all = await source.read(0, 1_000_000);
    assert.ok(Number.isSafeInteger(all.version), `${all.version} is no version`);
    assert.equal(all.items.length, all.count);
    return new Mirror(all.version, [...all.items]);
  }

  /** Does what a change says, which must have steps, and be the next one. */
  follow({ version, count, steps }: ListChange<SourceItem>): this {
    assert.equal(version, this.version + 1, "the version is not the next one");
    assert.ok(steps !== undefined, "the change does not say what it was");
    this.items = steps.reduce(applied, this.items);
    this.version = version;
    assert.equal(count, this.items.length, "the count is not that of the steps");
    return this;
  }

  /** Follows a change where it has steps, and reads the list anew where it has none. */
  async followOrRead(change: ListChange<SourceItem>, source: ListSource<SourceItem>): Promise<void> {
    if (change.steps !== undefined) return void this.follow(change);
    assert.ok(change.version > this.version, "the version has not grown");
    const now = await Mirror.of(source);
    assert.equal(now.version, change.version);
    assert.equal(now.items.length, change.count);
    this.version = now.version;
    this.items = now.items;
  }

  /** The list of the source is this one, in whole. */
  async equals(source: ListSource<SourceItem>): Promise<void> {
    const { version, count, items } = await source.read(0, this.items.length + 10);
    assert.deepEqual({ version, count, items }, {
      version: this.version,
      count: this.items.length,
      items: this.items,
    });
  }
}

function applied(items: readonly SourceItem[], step: NonNullable<ListChange<SourceItem>["steps"]>[number]) {
  const { kind, index } = step, most = kind === "insert" ? items.length : items.length - 1;
  assert.ok(
    Number.isInteger(index) && index >= 0 && index <= most,
    `${kind} at ${index}: there are ${items.length} items`,
  );
  if (kind === "insert") return items.toSpliced(index, 0, step.value);
  return kind === "set" ? items.with(index, step.value) : items.toSpliced(index, 1);
}

/** Whether items stand by rank, and those of one rank by name. */
export function isInOrder(items: readonly SourceItem[]): boolean {
  return items.every((item, at) => {
    const before = items[at - 1];
    if (before === undefined || before.rank < item.rank) return true;
    return before.rank === item.rank && before.name <= item.name;
  });
}
