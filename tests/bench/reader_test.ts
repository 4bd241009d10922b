import assert from "node:assert/strict";
import { boardPage } from "../../bench/pages/board.tsx";
import { numberAfter, numberIn, Reader, readPatch } from "../../bench/reader.ts";
import { timed } from "../helpers/peer.ts";
import { serve } from "./serve.ts";

Deno.test("numberIn: of the board, and of the table's row", () => {
  assert.equal(numberIn('<main><p id="news">17 news</p></main>'), 17);
  const row = (id: number, qty: number) =>
    `<tr id="row-${id}"><td>${id}</td><td class="qty">${qty}</td></tr>`;
  assert.equal(numberIn(row(499, 1) + row(500, 23) + row(501, 2)), 23);
  assert.throws(() => numberIn("<main></main>"), /it has none/);
});

Deno.test("numberAfter: from a text, an element or the whole body", () => {
  assert.equal(numberAfter([["text", "news", "17 news"]]), 17);
  assert.equal(numberAfter([["morph", "news", '<p id="news">18</p>']]), 18);
  assert.equal(numberAfter([["head", "<title>News</title>"], ["body", '<p id="news">19</p>']]), 19);
  assert.throws(() => numberAfter([["remove", "news"]]), /Cannot find the number/);
});

Deno.test("readPatch: of the cell and of the board, and of nothing else", () => {
  assert.deepEqual(readPatch('["patch",7,[["text",["row-500",2],"12"]]]'), { version: 7, number: 12 });
  assert.deepEqual(readPatch('["patch",8,[["text","news","13 news"]]]'), { version: 8, number: 13 });
  assert.equal(readPatch('["patch",8,[["text","title","13"]]]'), undefined);
  assert.equal(readPatch('["resync","behind"]'), undefined);
});

/** Numbers as they are shown; the promise is done at the given one. */
function shown(last: number) {
  const numbers: number[] = [], { promise, resolve } = Promise.withResolvers<void>();
  const tell = (_: number, now: number) => {
    numbers.push(now);
    if (now === last) resolve();
  };
  return { numbers, tell, promise };
}

timed("Reader: shows what is changed", async () => {
  const board = boardPage();
  await using _ = board.app;
  await using server = serve(board.app.fetch);
  const { numbers, tell, promise } = shown(2);
  await using reader = await Reader.open(server.url, tell);
  assert.equal(reader.shown, 0);
  await board.show(1, 10);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await board.show(2, 2000);
  await promise;
  assert.deepEqual(numbers, [1, 2]);
  assert.deepEqual(reader.counted, { patches: 2, loads: 0, losses: 0 });
});

timed("Reader: comes back where its socket is closed", async () => {
  const board = boardPage({ limits: { socketAge: 200 } });
  await using _ = board.app;
  await using server = serve(board.app.fetch);
  const { tell, promise } = shown(1);
  await using reader = await Reader.open(server.url, tell);
  while (reader.counted.losses === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await board.show(1, 10);
  await promise;
});
