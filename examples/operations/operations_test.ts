import assert from "node:assert/strict";
import { open } from "@argyle/argyle/testing";
import { groups } from "./entries.tsx";
import operations from "./main.tsx";

const press = (name: string) => `#${name} h3 button`;

Deno.test("operations: each has a button, a sentence and its code", async () => {
  await using ann = await open(operations(), "/");
  const names = groups.flatMap(({ entries }) => entries.map(({ name }) => name));
  assert.deepEqual(ann.texts("article h3 button"), names);
  assert.ok(
    groups.flatMap(({ entries }) => entries).every(({ does, code }) => does !== "" && code.includes("ops()")),
  );
});

Deno.test("operations: for one, for everybody; what they have changed the next render puts right", async () => {
  const app = operations();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await ann.click(press("textContent"));
  await ann.click(press("append"));
  assert.deepEqual([ann.text("#text"), ann.texts("#append li")], ["<b> is no markup here", [
    "A cup",
    "A kettle",
  ]]);
  assert.equal(bob.text("#text"), "A box");
  await ann.click(".to button");
  assert.deepEqual([ann.text("#text"), ann.texts("#append li")], ["A box", ["A cup", "A kettle"]]);
  await ann.check("[name=to][value=everybody]");
  await ann.click(press("prepend"));
  await bob.see("A kettle", "#prepend ul");
  assert.deepEqual(bob.texts("#prepend li"), ["A kettle", "A cup"]);
});
