/**
 * Random edits of a list, and what they must make of it.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Arbitrary } from "fast-check";
import type { ListSource } from "../socksync/source.ts";
import { isInOrder, type Mirror, type SourceItem } from "./_source_mirror.ts";

/** One edit. Where it is depends on how long the list is then. */
export type Edit =
  | { readonly kind: "insert"; readonly at: number; readonly item: SourceItem }
  | { readonly kind: "update"; readonly at: number; readonly item: SourceItem }
  | { readonly kind: "append"; readonly item: SourceItem }
  | { readonly kind: "delete"; readonly at: number }
  | { readonly kind: "move"; readonly at: number; readonly to: number }
  | { readonly kind: "replace"; readonly items: readonly SourceItem[] };

/** Any edits; few ranks and names, so that there are equal ones. */
export async function anyEdits(): Promise<Arbitrary<Edit[]>> {
  const { default: fc } = await import("fast-check");
  const at = fc.nat(1000), to = at;
  const item = fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.integer({ min: -2, max: 2 }))
    .map(([name, rank]): SourceItem => ({ name, rank }));
  const items = fc.array(item, { maxLength: 12 });
  const edits = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("insert" as const), at, item }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("append" as const), item }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("update" as const), at, item }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("delete" as const), at }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("move" as const), at, to }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("replace" as const), items }) },
  );
  return fc.array(edits, { minLength: 1, maxLength: 30 });
}

/** Makes an edit, where the source can and the list has an item for it, and compares list and change with what must be. */
export async function perform(source: ListSource<SourceItem>, mirror: Mirror, edit: Edit): Promise<void> {
  const before = mirror.items, { version } = mirror;
  const made = begin(source, before.length, edit);
  if (made === undefined) return;
  const change = await made;
  assert.ok(
    change.version === version + 1 || edit.kind === "replace",
    "one edit is one version",
  );
  await mirror.followOrRead(change, source);
  if (source.isOrdered) {
    assert.ok(isInOrder(mirror.items), "the items are in order");
    assert.deepEqual(sorted(mirror.items), sorted(expected(before, edit)));
  } else assert.deepEqual(mirror.items, expected(before, edit));
}

function begin(source: ListSource<SourceItem>, count: number, edit: Edit) {
  const index = "at" in edit ? edit.at % count : 0;
  if (edit.kind === "append") return source.insert(undefined, edit.item);
  if (edit.kind === "replace") return source.replace?.(edit.items);
  if (edit.kind === "insert") {
    return source.insert(source.isOrdered ? undefined : edit.at % (count + 1), edit.item);
  }
  if (count === 0) return undefined;
  if (edit.kind === "update") return source.update(index, () => edit.item);
  if (edit.kind === "delete") return source.delete(index);
  return source.move?.(index, edit.to % count);
}

// Where a source has an order, the place is its own affair.
function expected(items: readonly SourceItem[], edit: Edit): readonly SourceItem[] {
  const index = "at" in edit ? edit.at % items.length : 0;
  switch (edit.kind) {
    case "append":
      return [...items, edit.item];
    case "replace":
      return edit.items;
    case "insert":
      return items.toSpliced(edit.at % (items.length + 1), 0, edit.item);
    case "update":
      return items.with(index, edit.item);
    case "delete":
      return items.toSpliced(index, 1);
    case "move":
      return items.toSpliced(index, 1).toSpliced(edit.to % items.length, 0, items[index]!);
  }
}

function sorted(items: readonly SourceItem[]): string[] {
  return items.map((item) => JSON.stringify([item.name, item.rank])).sort();
}
