import assert from "node:assert/strict";
import { open } from "@argyle/argyle/testing";
import todo from "./main.tsx";

Deno.test("todo: each filter is a page, below the base too", async () => {
  for (const base of ["", "/todo"]) {
    await using ann = await open(todo({ base }), `${base}/`);
    for (
      const [name, path, nothing] of [
        ["Active", "/active", "Nothing is left to do."],
        ["Completed", "/completed", "Nothing is done yet."],
        ["All", base === "" ? "/" : "", "Nothing to do yet."],
      ] as const
    ) {
      await ann.click(`nav a[href="${base}${path}"]`);
      assert.deepEqual([ann.text("nav [aria-current=page]"), ann.text("#list")], [name, nothing]);
    }
  }
});

Deno.test("todo: one is added, done, edited, deleted and brought back", async () => {
  await using ann = await open(todo(), "/");
  await ann.submit("#add", { title: "milk" });
  await ann.submit("#add", { title: "bread" });
  assert.deepEqual([ann.texts("#todos label"), ann.value("#title")], [["milk", "bread"], ""]);

  await ann.check("#todos li:first-child input[type=checkbox]");
  assert.equal(ann.text("#left"), "1 left");

  await ann.click("#todos li:last-child input[type=button]");
  await ann.submit("#todos form", { title: "rye bread" });
  assert.deepEqual(ann.texts("#todos label"), ["milk", "rye bread"]);

  await ann.click("#clear button");
  assert.deepEqual(ann.texts("#todos label"), ["rye bread"]);
  assert.equal(ann.text("#undo span"), "Deleted “milk”.");
  await ann.click("#undo button");
  assert.deepEqual(ann.texts("#todos label"), ["milk", "rye bread"]);
});

Deno.test("todo: what is wrong stands at the field, with what was written", async () => {
  await using ann = await open(todo(), "/");
  await ann.submit("#add", { title: "  " });
  assert.equal(ann.text("#title-why"), "Say what to do.");
  await ann.submit("#add", { title: "x".repeat(201) });
  assert.equal(ann.text("#title-why"), "Say it in 200 letters; these are 201.");
  assert.equal(ann.value("#title").length, 201);
  assert.equal(ann.attribute("#title", "aria-invalid"), "true");
});

Deno.test("todo: another tab neither edits nor undoes along", async () => {
  await using ann = await open(todo(), "/");
  await ann.submit("#add", { title: "milk" });
  await using tab = await ann.tab("/");
  await ann.click("#todos input[type=button]");
  await tab.click("#todos button");
  assert.deepEqual([tab.text("#undo span"), tab.has("#todos form")], ["Deleted “milk”.", false]);
  assert.deepEqual([ann.has("#undo span"), ann.has("#todos form")], [false, true]);
});

Deno.test("todo: a list is full at 200 to-dos, and sooner where their letters are large", async () => {
  const app = todo();
  for (const [title, room] of [["x", 200], ["語".repeat(200), 74]] as const) {
    await using ann = await open(app, "/");
    for (let n = 1; n <= room; n++) await ann.submit("#add", { title });
    assert.equal(ann.text("#left"), `${room} left`);
    await ann.submit("#add", { title });
    assert.equal(ann.text("#title-why"), "The list is full. Delete something first.");
    assert.equal(ann.text("#left"), `${room} left`);
  }
});
