/**
 * The part of the contract of a source that is about reading.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { ListChange, ListSlice, ListSource } from "../socksync/source.ts";
import { Mirror, type SourceItem } from "./_source_mirror.ts";
import type { SourceTest } from "./source_contract.ts";

/** Registers it. */
export function readingTests(test: SourceTest): void {
  test("an empty list has no items, whatever is read of it", async ({ source }) => {
    for (const [start, end] of [[0, 0], [0, 10], [5, 5], [7, 100]] as const) {
      const { version, count, items } = await source.read(start, end);
      assert.deepEqual({ count, items }, { count: 0, items: [] });
      assert.ok(Number.isSafeInteger(version) && version >= 0);
    }
  });

  test("a stretch has the items from its start up to its end, as many as there are", async ({ source }) => {
    const all = await fill(source, 30);
    const stretches = [[0, 30], [0, 7], [7, 8], [12, 25], [29, 30], [25, 40], [30, 40], [31, 40], [99, 100]];
    for (const [start, end] of [...stretches, [4, 4], [0, 0], [30, 30], [0, 2 ** 40]]) {
      const { count, items } = await source.read(start!, end!);
      assert.deepEqual({ count, items }, { count: 30, items: all.slice(start, end) }, `${start} to ${end}`);
    }
  });

  test("what was read stays as it was when the list changes", async ({ source }) => {
    const all = await fill(source, 3);
    const before = await source.read(0, 3), copy = structuredClone(before);
    await source.insert(undefined, item(9));
    await source.update(0, (first) => ({ ...first, name: "renamed" }));
    await source.delete(1);
    assert.deepEqual(before, copy);
    assert.deepEqual(before.items, all);
  });

  test("an item comes back as it was: empty, any script, separators, any sign", async ({ source }) => {
    const names = ["", " ", "€ 𝄞 ü", "a\r\nb\t", "\u2028\u2029", '{"a":"\\n"}', "'; --", "x".repeat(300)];
    for (const [at, name] of names.entries()) {
      const value = { name, rank: at % 2 === 0 ? 2 ** 31 - 1 - at : -(2 ** 31) + at };
      const { steps } = await source.insert(undefined, value);
      const index = steps?.[0]?.index ?? -1;
      assert.deepEqual(steps, [{ kind: "insert", index, value }]);
      assert.deepEqual((await source.read(index, index + 1)).items, [value]);
      await source.delete(index);
    }
  });

  test("what is read while others change the list is all of one moment", async ({ source, other }) => {
    await fill(source, 12);
    const start = await Mirror.of(source), second = await other?.() ?? source;
    const changes: ListChange<SourceItem>[] = [], reads: [number, number, ListSlice<SourceItem>][] = [];
    let isOver = false;
    const write = async (through: ListSource<SourceItem>, lane: number) => {
      for (let round = 0; round < 20; round++) {
        const value = { name: `w${lane}`, rank: (round * 7) % 13 };
        changes.push(
          await (round % 3 === 0 ? through.delete(0) : through.insert(undefined, value)),
          await through.update(0, (first) => ({ ...first, rank: first.rank + 1 })),
        );
        await null;
      }
    };
    const look = async (through: ListSource<SourceItem>, lane: number) => {
      for (let round = 0; !isOver; round++) {
        const from = (round * 5 + lane) % 17, to = from + 1 + (round % 11);
        reads.push([from, to, await through.read(from, to)]);
        // Sources that answer at once would let nobody else come to pass.
        await new Promise<void>((resolve) => queueMicrotask(resolve));
        if (reads.length % 100 === 0) await breath();
      }
    };
    const looking = [look(source, 0), look(second, 1)];
    await Promise.all([write(source, 0), write(second, 1)]);
    isOver = true;
    await Promise.all(looking);
    const states = replayed(start, changes);
    assert.ok(new Set(reads.map(([, , { version }]) => version)).size > 1, "nothing has changed meanwhile");
    for (const [from, to, { version, count, items }] of reads) {
      const state = states.get(version) ?? assert.fail(`nobody has made version ${version}`);
      assert.deepEqual({ count, items }, { count: state.length, items: state.slice(from, to) });
    }
  });
}

/** The list at each version, by changes that came in any order. */
export function replayed(start: Mirror, changes: readonly ListChange<SourceItem>[]) {
  const states = new Map([[start.version, start.items]]);
  const mirror = new Mirror(start.version, start.items);
  for (const change of changes.toSorted((a, b) => a.version - b.version)) {
    states.set(change.version, mirror.follow(change).items);
  }
  return states;
}

/** The item at `at` of a list that `fill` has filled. */
export function item(at: number): SourceItem {
  return { name: `item ${at}`, rank: at };
}

/** Fills an empty list, in order; gives its items. */
export async function fill(source: ListSource<SourceItem>, count: number): Promise<SourceItem[]> {
  const items = Array.from({ length: count }, (_, at) => item(at));
  for (const value of items) await source.insert(undefined, value);
  return items;
}

/** Lets events of the runtime come to pass. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
