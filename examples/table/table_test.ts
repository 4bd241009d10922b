import assert from "node:assert/strict";
import { open } from "@argyle/argyle/testing";
import table from "./main.tsx";

function row(quantity: number): string {
  return `<tr id="row-17"><td>17</td><td>Item 17</td><td class="qty">${quantity}</td><td>12.50</td>` +
    '<td><button class="bump" data-reflex="click->Table#bump" data-id="17">+1</button></td></tr>';
}

Deno.test("table: the page has a thousand rows", async () => {
  await using ann = await open(table(), "/");
  assert.equal(ann.texts("#rows tr").length, 1000);
  assert.equal(ann.html("#row-17"), row(3));
});

Deno.test("table: a bump sends one number, to everybody", async () => {
  const app = table();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await ann.click("#row-17 .bump");
  await bob.see("4", "#row-17 .qty");
  assert.equal(ann.html("#row-17"), row(4));
  for (const { last } of [ann, bob]) assert.deepEqual(last.operations, [["text", ["row-17", 2], "4"]]);
});

Deno.test("table: a row comes, goes, and a thousand turn around in few bytes", async () => {
  await using ann = await open(table(), "/");
  await ann.click("#insert-top");
  assert.equal(ann.text("#rows tr:first-child td"), "1001");
  await ann.click("#delete-first");
  await ann.click("#delete-first");
  assert.equal(ann.text("#rows tr:first-child td"), "2");
  await ann.click("#reverse");
  assert.deepEqual(
    [ann.text("#rows tr:first-child td"), ann.text("#rows tr:last-child td")],
    ["1000", "2"],
  );
  assert.ok(ann.last.down < 100, `${ann.last.down} bytes`);
});

Deno.test("table: a bump of a row that somebody else has deleted meanwhile says so", async () => {
  const app = table();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await bob.disconnect();
  await ann.click("#delete-first");
  await bob.click("#row-1 .bump");
  await bob.reconnect();
  const { code, message } = bob.last.error ?? {};
  assert.deepEqual([code, message], ["halted", "There is no such row any more."]);
  assert.equal(bob.has("#row-1"), false);
});
