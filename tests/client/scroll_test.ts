import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { patchesLoader } from "../../client/beside.ts";
import { applyOperations } from "../../client/operations.ts";
import { markScrolled } from "../../client/scroll.ts";
import { FakeEnvironment } from "./fakes.ts";

await patchesLoader(new FakeEnvironment().patches)();

Deno.test("place: what was scrolled is where it was", () => {
  show(`<div id="x"><div id="s">a</div></div>`);
  const scroller = $("#s");
  scroller.scrollTop = 70;
  markScrolled(scroller);
  // What a browser does to an element that it lays out anew.
  scroller.setAttribute = (name, value) => {
    scroller.scrollTop = 0;
    Element.prototype.setAttribute.call(scroller, name, value);
  };
  applyOperations([["morph", "x", `<div id="x"><div id="s" class="c">b</div></div>`]]);
  assert.deepEqual([scroller.className, scroller.scrollTop], ["c", 70]);
});
