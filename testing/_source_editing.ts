/**
 * The part of the contract of a source that is about changing, by one alone.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { ListChange } from "../socksync/source.ts";
import { anyEdits, perform } from "./_source_edits.ts";
import { isInOrder, Mirror, type SourceItem } from "./_source_mirror.ts";
import { fill, item } from "./_source_reading.ts";
import type { SourceTest } from "./source_contract.ts";

/** Registers it. */
export function editingTests(test: SourceTest): void {
  placeTests(test);
  updateTests(test);
  refusalTests(test);

  test("whatever is done to it, each change says what it was, and the list is what it must be", async (given) => {
    const { default: fc } = await import("fast-check");
    const property = fc.asyncProperty(await anyEdits(), async (edits) => {
      const { source, close } = await given.again();
      try {
        const mirror = await Mirror.of(source);
        for (const edit of edits) await perform(source, mirror, edit);
        await mirror.equals(source);
      } finally {
        await close();
      }
    });
    await fc.assert(property, { numRuns: 30 });
  });
}

function placeTests(test: SourceTest): void {
  test("an item stands where it was inserted: in front, in the middle, at the end, or where its order has it", async (given) => {
    const { source } = given;
    const mirror = await Mirror.of(source);
    if (source.isOrdered) {
      for (const [at, rank] of [5, 1, 9, 5, 3, -1, 5, 10].entries()) {
        mirror.follow(await source.insert(undefined, { name: `n${at}`, rank }));
        assert.ok(isInOrder(mirror.items));
        await mirror.equals(source);
      }
      return;
    }
    let expected: SourceItem[] = [];
    for (const [at, index] of [undefined, 0, 2, 1, undefined, 4, 0, 7].entries()) {
      const change = await source.insert(index, item(at)), place = index ?? expected.length;
      assert.deepEqual(change.steps, [{ kind: "insert", index: place, value: item(at) }]);
      expected = expected.toSpliced(place, 0, item(at));
      assert.deepEqual(mirror.follow(change).items, expected);
      await mirror.equals(source);
    }
  });

  test("a deleted item is gone, and those behind it move up", async ({ source }) => {
    const all = await fill(source, 8);
    const mirror = await Mirror.of(source);
    for (const index of [7, 3, 0, 4, 0, 1, 1, 0]) {
      const change = await source.delete(index);
      assert.deepEqual(change.steps, [{ kind: "delete", index }]);
      all.splice(index, 1);
      assert.deepEqual(mirror.follow(change).items, all);
      await mirror.equals(source);
    }
    assert.equal(mirror.items.length, 0);
  });

  test("where it can move: an item is afterwards where it was taken to", async ({ source }) => {
    if (source.move === undefined) return;
    assert.ok(!source.isOrdered, "the order of the source says where an item stands");
    let expected = await fill(source, 6);
    const mirror = await Mirror.of(source);
    for (const [from, to] of [[0, 5], [5, 0], [2, 3], [3, 2], [4, 4], [1, 4], [0, 1]] as const) {
      mirror.follow(await source.move(from, to));
      expected = expected.toSpliced(from, 1).toSpliced(to, 0, expected[from]!);
      assert.deepEqual(mirror.items, expected, `${from} to ${to}`);
      await mirror.equals(source);
    }
  });

  test("where it can replace: all that was is gone, and the versions go on", async ({ source }) => {
    if (source.replace === undefined) return;
    for (const count of [3, 0, 1200, 5]) {
      await source.insert(undefined, item(7));
      const mirror = await Mirror.of(source);
      const items = Array.from({ length: count }, (_, at) => ({ name: "new", rank: at }));
      await mirror.followOrRead(await source.replace(items), source);
      assert.deepEqual(mirror.items, items);
      await mirror.equals(source);
    }
  });
}

function updateTests(test: SourceTest): void {
  test("an update gets the item and puts another in its place", async ({ source }) => {
    const all = await fill(source, 4);
    const mirror = await Mirror.of(source);
    const given: SourceItem[] = [];
    const change = await source.update(2, (old) => {
      given.push(old);
      return { ...old, name: "renamed" };
    });
    assert.deepEqual(given, [all[2]]);
    assert.deepEqual(mirror.follow(change).items, all.with(2, { name: "renamed", rank: 2 }));
    await mirror.equals(source);
    mirror.follow(await source.update(3, (old) => Promise.resolve({ ...old, name: "later" })));
    assert.equal(mirror.items[3]?.name, "later");
    await mirror.equals(source);
  });

  test("an update that changes the order of an item takes it to its place", async ({ source }) => {
    if (!source.isOrdered) return;
    await fill(source, 5);
    const mirror = await Mirror.of(source);
    for (const [index, rank] of [[0, 9], [4, -3], [2, 0], [1, 1]] as const) {
      const change = await source.update(index, (old) => ({ ...old, rank }));
      if (!isInOrder(mirror.items.with(index, { ...mirror.items[index]!, rank }))) {
        assert.deepEqual(change.steps?.map(({ kind }) => kind), ["delete", "insert"]);
      }
      assert.ok(isInOrder(mirror.follow(change).items));
      await mirror.equals(source);
    }
  });

  test("an update whose function throws says what it threw, and changes nothing", async ({ source }) => {
    await fill(source, 3);
    const mirror = await Mirror.of(source), thrown = new Error("There is not enough of it.");
    const fail = () => {
      throw thrown;
    };
    await assert.rejects(async () => await source.update(1, fail), thrown);
    await assert.rejects(async () => await source.update(1, () => Promise.reject(thrown)), thrown);
    await mirror.equals(source);
    mirror.follow(await source.update(1, (old) => ({ ...old, name: "after" })));
    await mirror.equals(source);
  });

  test("an update during which the list changes is made again, with the item as it is then", async ({ source }) => {
    await fill(source, 3);
    const mirror = await Mirror.of(source);
    const given: SourceItem[] = [], changes: ListChange<SourceItem>[] = [];
    const change = await source.update(1, async (old) => {
      given.push(old);
      if (given.length === 1) changes.push(await source.delete(0));
      return { ...old, name: `${old.name}, seen` };
    });
    for (const one of [...changes, change]) mirror.follow(one);
    assert.deepEqual(given, [item(1), item(2)]);
    assert.deepEqual(mirror.items, [item(1), { ...item(2), name: "item 2, seen" }]);
    await mirror.equals(source);
  });
}

const none = [-1, 0.5, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 1e300];

function refusalTests(test: SourceTest): void {
  test("an index that is none is a RangeError, and changes nothing", async ({ source }) => {
    for (const count of [0, 3]) {
      if (count > 0) await fill(source, count);
      const mirror = await Mirror.of(source);
      const refused = async (run: () => unknown, what: string) =>
        await assert.rejects(async () => await run(), RangeError, what);
      for (const index of [...none, count, count + 1]) {
        await refused(() => source.update(index, (old) => old), `update at ${index} of ${count}`);
        await refused(() => source.delete(index), `delete at ${index} of ${count}`);
        await refused(
          () => source.move?.(index, 0) ?? Promise.reject(new RangeError()),
          `move from ${index}`,
        );
        await refused(() => source.move?.(0, index) ?? Promise.reject(new RangeError()), `move to ${index}`);
        if (index === count || source.isOrdered) continue;
        await refused(() => source.insert(index, item(0)), `insert at ${index} of ${count}`);
      }
      await mirror.equals(source);
    }
  });

  test("a source with an order takes no index for a new item", async ({ source }) => {
    if (!source.isOrdered) return;
    await fill(source, 3);
    const mirror = await Mirror.of(source);
    for (const index of [0, 1, 3, 4, ...none]) {
      await assert.rejects(async () => await source.insert(index, item(1)), TypeError, `at ${index}`);
    }
    assert.equal(source.move, undefined);
    await mirror.equals(source);
  });
}
