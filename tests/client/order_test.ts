import assert from "node:assert/strict";
import { $, show, tick } from "./browser.ts";
import { order } from "../../client/order.ts";

/** Letters in another order, and how many of them were moved. */
async function ordered(letters: string, first: number, runs: number[]): Promise<[string, number]> {
  show(`<ul id="x">${[...letters].map((letter) => `<li>${letter}</li>`).join("")}</ul><p></p>`);
  const list = $("#x"), before = new Set(list.children);
  const moved: Node[] = [];
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) moved.push(...addedNodes);
  });
  observer.observe(list, { childList: true });
  order(list.children[first] as Element, runs);
  await tick();
  observer.disconnect();
  assert.deepEqual(new Set(list.children), before);
  return [list.textContent, moved.length];
}

Deno.test("order: runs are read forwards and backwards, and as few elements move as can", async () => {
  const orders: [letters: string, first: number, runs: number[], after: string, moves: number][] = [
    ["abcdefghij", 0, [9, -10], "jihgfedcba", 9],
    ["abcdefghij", 0, [9, 1, 0, 9], "jabcdefghi", 1],
    ["abcdefghij", 0, [1, 9, 0, 1], "bcdefghija", 1],
    ["abcdefghij", 2, [1, 3, 0, 1], "abdefcghij", 1],
    ["abcdefghij", 0, [8, 1, 1, 7, 0, 1], "ibcdefghaj", 2],
    ["abcdefghij", 0, [2, 1, 5, 1, 8, 1, 0, 2, 3, 2, 6, 2], "cfiabdeghj", 3],
    ["abcdefghij", 7, [2, 1, 0, 2], "abcdefgjhi", 1],
    ["abc", 0, [0, 3], "abc", 0],
    ["abc", 0, [], "abc", 0],
    ["abcd", 1, [1, -2], "acbd", 1],
    ["a", 0, [0, -1], "a", 0],
  ];
  for (const [letters, first, runs, after, moves] of orders) {
    assert.deepEqual(await ordered(letters, first, runs), [after, moves], `${runs}`);
  }
});

Deno.test("order: whatever the order is, it comes about", async () => {
  for (let round = 0; round < 50; round++) {
    const letters = "abcdefghijkl", length = 1 + Math.floor(Math.random() * 12);
    const positions = [...letters.slice(0, length)].map((_, i) => i).sort(() => Math.random() - 0.5);
    const wanted = positions.map((position) => letters[position]).join("") + letters.slice(length);
    const [after] = await ordered(letters, 0, positions.flatMap((position) => [position, 1]));
    assert.equal(after, wanted);
  }
});

Deno.test("order: what is no order of the first elements is refused, and nothing is moved", () => {
  const wrong: unknown[] = [
    [0, 2, 1, 2],
    [1, 2],
    [0, 5],
    [3, 1],
    [-1, 1, 0, 1],
    [0, 1, 2, 1],
    [0.5, 2],
    [0, 1e9],
    [1e9, -1e9],
    [0, 1, 1, 1.5, 3, 1],
    ["0", 1],
    ["a", 2],
    [null, 2, 2, 1, null, 1],
  ];
  show(`<ul id="x"><li>a</li><li>b</li><li>c</li></ul>`);
  const before = $("#x").innerHTML;
  for (const runs of wrong) {
    assert.throws(() => order($("li"), runs as number[]), TypeError, JSON.stringify(runs));
    assert.equal($("#x").innerHTML, before);
  }
});
