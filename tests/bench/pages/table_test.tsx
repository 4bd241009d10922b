import assert from "node:assert/strict";
import example, { Row as MemoRow } from "../../../examples/table/main.tsx";
import { bump } from "../../../bench/calls.ts";
import { tablePage } from "../../../bench/pages/table.tsx";
import { Peer } from "../../../bench/peer.ts";
import { Row as PlainRow } from "../../../bench/rows.tsx";
import { timed } from "../../helpers/peer.ts";
import { serve } from "../serve.ts";

async function rowsOf(app: { fetch(request: Request): Promise<Response> }): Promise<string> {
  const html = await (await app.fetch(new Request("http://127.0.0.1/"))).text();
  const [, rows = ""] = html.match(/<tbody id="rows">(.*)<\/tbody>/) ?? [];
  return rows;
}

timed("tablePage: its rows are the example's to the letter, remembered or not", async () => {
  await using table = example();
  const expected = await rowsOf(table);
  assert.match(expected, /^<tr id="row-1">.*<tr id="row-1000">.*<\/tr>$/);
  for (const Row of [MemoRow, PlainRow]) {
    for (const isShared of [true, false]) {
      const { app } = tablePage({ Row, isShared });
      await using _ = app;
      assert.equal(await rowsOf(app), expected);
    }
  }
});

timed("tablePage: a call on a table of one's own is shown to its caller alone", async () => {
  const { app } = tablePage({ Row: PlainRow });
  await using _ = app;
  await using server = serve(app.fetch);
  await using ann = await Peer.open(server.url);
  await using bob = await Peer.open(server.url);
  assert.equal((await ann.call(bump)).down, '["patch",1,[["text",["row-500",2],"4"]],[1]]');
  assert.deepEqual(bob.look(), []);
});
