import assert from "node:assert/strict";
import table from "../../examples/table/main.tsx";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

timed("table: a row is written as it was agreed, byte for byte", async () => {
  const { body } = await load(table({ log: new MemoryLog() }));
  assert.equal(body.match(/<tr id="row-/g)?.length, 1000);
  assert.ok(body.includes(
    '<tr id="row-17"><td>17</td><td>Item 17</td><td class="qty">3</td><td>12.50</td>' +
      '<td><button class="bump" data-reflex="click->Table#bump" data-id="17">+1</button></td></tr>',
  ));
});

timed("table: what a browser makes of a row's number is read by a schema", async () => {
  const app = table({ log: new MemoryLog() });
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app, "/", { origin: server.url }));
  const bump = (id: string) => peer.call("Table#bump", [], { a: { "data-id": id } });
  assert.deepEqual(await bump("17"), ["patch", 1, [["text", ["row-17", 2], "4"]], [1]]);
  assert.deepEqual(await bump("0"), ["error", 2, "halted", "There is no such row any more."]);
  const [kind, n, code] = await bump("seventeen");
  assert.deepEqual([kind, n, code], ["error", 3, "invalid"]);
});
