import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { patchesLoader } from "../../client/beside.ts";
import { applyOperations } from "../../client/operations.ts";
import { FakeEnvironment } from "./fakes.ts";

await patchesLoader(new FakeEnvironment().patches)();

Deno.test("morph: what goes from beside an element into it is passed over, wherever it is by then", () => {
  show(`<div id="x"><section id="s"><u></u></section><p id="e"></p><i></i></div>`);
  const moved = $("#e"), last = $("i");
  const after = `<div id="x"><section id="s"><p id="e"></p><u></u></section><i></i></div>`;
  applyOperations([["morph", "x", after]]);
  assert.equal($("#x").outerHTML, after);
  assert.equal($("#e"), moved);
  assert.equal($("i"), last);
});
