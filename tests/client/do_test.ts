import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { actions } from "../../client/actions.ts";
import { changes } from "../../client/changes.ts";
import { perform } from "../../client/do.ts";
import { operation } from "../../client/operation.ts";
import { BUILT_IN } from "../../client/own_operation.ts";
import { perform as performAll } from "../../client/perform_operations.ts";

const names = [...Object.keys(changes), ...Object.keys(actions)];

Deno.test("do: there are the 37 that CableReady has, and no other may have their names", () => {
  assert.deepEqual(
    names.toSorted(),
    ("addCssClass append clearStorage consoleLog consoleTable dispatchEvent go graft innerHtml insertAdjacentHtml " +
      "insertAdjacentText morph notification outerHtml prepend pushState redirectTo reload remove removeAttribute " +
      "removeCssClass removeStorageItem replace replaceState scrollIntoView setAttribute setCookie setDatasetProperty " +
      "setFocus setMeta setProperty setStorageItem setStyle setStyles setTitle setValue textContent").split(
        " ",
      ),
  );
  assert.equal(names.length, 37);
  for (const name of names) assert.match(name, BUILT_IN);
  for (const name of ["chime", "appends", "xappend", "setStyless", "constructor"]) {
    assert.doesNotMatch(name, BUILT_IN);
  }
});

Deno.test("do: an operation without a delay is done when it has been called", async () => {
  show(`<p id="a">1</p>`);
  const seen: string[] = [];
  const done = [
    perform(["do", "append", "#a", { html: "<b>2</b>" }]).then(() => seen.push("first")),
    perform(["do", "addCssClass", "#a b", { name: "c" }]).then(() => seen.push("second")),
  ];
  assert.equal($("#a").innerHTML, `1<b class="c">2</b>`);
  assert.deepEqual(seen, []);
  await Promise.all(done);
  assert.deepEqual(seen, ["first", "second"]);
});

Deno.test("do: a batch is complete once, and may come again", async () => {
  show(`<p id="a">1</p>`);
  const seen: string[] = [];
  const hear = (event: Event) => seen.push((event as CustomEvent).detail.batch);
  document.addEventListener("argyle:batch-complete", hear);
  for (const batch of ["constructor", "constructor", "__proto__x", ""]) {
    await Promise.all([
      perform(["do", "addCssClass", "#a", { name: "b", batch }]),
      perform(["do", "removeCssClass", "#a", { name: "b", batch }]),
    ]);
  }
  document.removeEventListener("argyle:batch-complete", hear);
  assert.deepEqual(seen, ["constructor", "constructor", "__proto__x"]);
});

Deno.test("operation, perform: on a page that is none of the framework's they do nothing, but check what they get", async () => {
  show(`<p id="a">1</p>`);
  operation("chime", () => assert.fail("It was performed."));
  operation("chime", () => assert.fail("It was performed."));
  assert.throws(() => operation("append", () => {}), TypeError);
  assert.throws(() => operation("a b", () => {}), TypeError);
  await performAll([["do", "remove", "#a"], ["do", "chime", null]]);
  assert.equal(document.body.innerHTML, `<p id="a">1</p>`);
  await assert.rejects(performAll([["remove", "#a"]]), TypeError);
});
