import assert from "node:assert/strict";
import { arraySource } from "../../socksync/array_source.ts";

Deno.test("arraySource: the array stays as it is, and what is done to it is not seen", () => {
  const words = ["tea", "milk"], source = arraySource(words);
  words.push("bread");
  source.delete(0);
  assert.deepEqual(words, ["tea", "milk", "bread"]);
  assert.deepEqual(source.read(0, 9), { version: 1, count: 1, items: ["milk"] });
  const others = ["a"];
  source.replace(others);
  others.push("b");
  assert.deepEqual(source.read(0, 9).items, ["a"]);
});

Deno.test("arraySource: it answers at once, an update too unless its function takes time", async () => {
  const source = arraySource([1, 2]);
  assert.deepEqual(source.insert(1, 9), {
    version: 1,
    count: 3,
    steps: [{ kind: "insert", index: 1, value: 9 }],
  });
  assert.deepEqual(source.update(0, (old) => old + 1), {
    version: 2,
    count: 3,
    steps: [{ kind: "set", index: 0, value: 2 }],
  });
  assert.deepEqual(source.move(0, 2).steps, [{ kind: "delete", index: 0 }, {
    kind: "insert",
    index: 2,
    value: 2,
  }]);
  assert.deepEqual(source.replace([5]), { version: 4, count: 1, steps: undefined });
  const later = source.update(0, (old) => Promise.resolve(old * 2));
  assert.ok(later instanceof Promise);
  assert.deepEqual(source.read(0, 1).items, [5]);
  assert.equal((await later).version, 5);
  assert.deepEqual(source.read(0, 1).items, [10]);
});

Deno.test("arraySource: a function that changes the list is called again, whether it takes time or not", async () => {
  for (const takesTime of [false, true]) {
    const source = arraySource([1, 2, 3]), given: number[] = [];
    const change = await source.update(1, (old) => {
      given.push(old);
      if (given.length === 1) source.delete(0);
      return takesTime ? Promise.resolve(old * 10) : old * 10;
    });
    assert.equal(change.version, 2);
    assert.deepEqual(given, [2, 3]);
    assert.deepEqual(source.read(0, 9).items, [2, 30]);
  }
});

Deno.test("arraySource: an item that is gone when the function has answered is a RangeError", async () => {
  const source = arraySource([1]);
  const change = source.update(0, (old) => {
    source.replace([]);
    return Promise.resolve(old);
  });
  await assert.rejects(async () => await change, {
    name: "RangeError",
    message: "Cannot update 0: the list has 0 items.",
  });
});

Deno.test("arraySource: an index that is none is said with the count", () => {
  const source = arraySource(["tea", "milk", "bread"]);
  const said = (message: string) => ({ name: "RangeError", message });
  assert.throws(() => source.insert(9, "x"), said("Cannot insert at 9: the list has 3 items."));
  assert.throws(() => source.delete(-1), said("Cannot delete -1: the list has 3 items."));
  assert.throws(() => source.move(0, 3), said("Cannot move to 3: the list has 3 items."));
  assert.throws(() => source.update(NaN, String), said("Cannot update NaN: the list has 3 items."));
  assert.deepEqual(source.read(0, 9), { version: 0, count: 3, items: ["tea", "milk", "bread"] });
});

Deno.test("arraySource: holes and undefined are items", () => {
  const source = arraySource<number | undefined>([1, , 3]);
  assert.equal(source.insert(undefined, undefined).count, 4);
  assert.deepEqual(source.read(0, 9).items, [1, undefined, 3, undefined]);
});
