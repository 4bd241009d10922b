import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { FakeEnvironment } from "./fakes.ts";
import { patchesLoader } from "../../client/beside.ts";
import { applyOperations } from "../../client/operations.ts";

await patchesLoader(new FakeEnvironment().patches)();

/** Shows markup, selects, and gives the body as it is then. */
function selected(body: string, selector: string, html: string): string {
  show(body);
  applyOperations([["select", selector, html]]);
  return document.body.innerHTML;
}

Deno.test("select: markup of the same id takes the element's place, whose node stays", () => {
  show(`<p id="x" class="old">1</p>`);
  const before = $("#x");
  applyOperations([["select", "#x", `<p id="x">2</p>`]]);
  assert.equal(document.body.innerHTML, `<p id="x">2</p>`);
  assert.equal($("#x"), before);
});

Deno.test("select: other markup goes into the element", () => {
  assert.equal(
    selected(`<div id="x" class="c">1</div>`, "#x", "2 &lt; 3"),
    `<div id="x" class="c">2 &lt; 3</div>`,
  );
  assert.equal(selected(`<div id="x">1</div>`, "#x", `<div>2</div>`), `<div id="x"><div>2</div></div>`);
  assert.equal(selected(`<div id="x">1</div>`, "#x", `<p id="x">2</p>`), `<p id="x">2</p>`);
  assert.equal(
    selected(`<ul id="x"></ul>`, "#x", `<li>1</li><li>2</li>`),
    `<ul id="x"><li>1</li><li>2</li></ul>`,
  );
  assert.equal(selected(`<div id="x">1</div>`, "#x", ""), `<div id="x"></div>`);
});

Deno.test("select: every element that a selector names, each by its own name", () => {
  assert.equal(
    selected(`<p class="t">1</p><b class="t">1</b><p>1</p>`, ".t", `<p class="t">2</p>`),
    `<p class="t">2</p><b class="t"><p class="t">2</p></b><p>1</p>`,
  );
  assert.equal(
    selected(`<table><tbody><tr><td>1</td></tr></tbody></table>`, "td:first-child", `<td>2</td>`),
    `<table><tbody><tr><td>2</td></tr></tbody></table>`,
  );
});

Deno.test("select: what one match has taken away is none any more", () => {
  assert.equal(
    selected(`<div class="t"><i><b class="t">1</b></i></div>`, ".t", `<div class="t">2</div>`),
    `<div class="t">2</div>`,
  );
});

Deno.test("select: a selector that names nothing does nothing, what is none is refused", () => {
  assert.equal(selected(`<p>1</p>`, "#nobody", "2"), `<p>1</p>`);
  assert.throws(() => applyOperations([["select", "p[", "2"]]));
});

Deno.test("select: reaches neither scripts nor what is permanent nor the head", () => {
  const fixed = `<script type="x"></script><div data-reflex-permanent=""><p>1</p></div>`;
  assert.equal(selected(fixed, "script, [data-reflex-permanent], p", "evil()"), fixed);
  document.head.innerHTML = "<title>1</title>";
  applyOperations([["select", "title", "2"]]);
  assert.equal(document.title, "1");
});

Deno.test("select: markup is swept", () => {
  assert.equal(
    selected(`<p id="x"></p>`, "#x", `<img src="javascript:evil()" onerror="evil()"><script>evil()</script>`),
    `<p id="x"><img src="about:blank#blocked"></p>`,
  );
});
