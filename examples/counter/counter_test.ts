import assert from "node:assert/strict";
import { open } from "@argyle/argyle/testing";
import counter from "./main.tsx";

Deno.test("counter: a click is counted, for this person only, in few bytes", async () => {
  const app = counter();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await ann.click("#increment");
  await ann.click("#increment");
  await ann.click("#decrement");
  assert.deepEqual([ann.text("#count"), bob.text("#count")], ["1", "0"]);
  assert.deepEqual(ann.last.operations, [["text", "count", "1"]]);
  // A screen reader hears the number, and what the buttons are.
  assert.equal(ann.attribute("#count", "aria-live"), "polite");
  assert.match(ann.html("main"), /<button [^>]*aria-label="One more"/);
  assert.ok(ann.last.down <= 94, `${ann.last.down} bytes`);
});

Deno.test("counter: the number is the session's, in every tab and after a reload", async () => {
  await using ann = await open(counter(), "/");
  await ann.click("#increment");
  await using tab = await ann.tab("/");
  assert.equal(tab.text("#count"), "1");
  await tab.click("#increment");
  await ann.reload();
  assert.equal(ann.text("#count"), "2");
});

Deno.test("counter: a number that the page does not offer is not added", async () => {
  await using ann = await open(counter(), "/");
  await assert.rejects(ann.call("Counter#add", 1000), { code: "stale" });
  await ann.click("#increment");
  assert.equal(ann.text("#count"), "1");
});

Deno.test("counter: a click on a lost line counts once, when the line is back", async () => {
  await using ann = await open(counter(), "/");
  await ann.disconnect("answer");
  await ann.click("#increment");
  await ann.click("#increment");
  assert.equal(ann.text("#count"), "0");
  await ann.reconnect();
  assert.equal(ann.text("#count"), "2");
});
