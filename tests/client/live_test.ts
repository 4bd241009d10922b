import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { FakeEnvironment } from "./fakes.ts";
import { patchesLoader } from "../../client/beside.ts";
import { applyOperations, replacePage } from "../../client/operations.ts";

const part = (content: string, id = "L1x", more = "") =>
  `<argyle-live id="${id}" data-argyle-live=""${more}>${content}</argyle-live>`;

/** Shows #x with this in it, and brings it to something else. Gives the wrapper and its first node as they were. */
function around(before: string, after: string): [wrapper: Element, first: Node | null] {
  show(`<div id="x">${before}</div>`);
  const wrapper = $("#L1x"), { firstChild } = wrapper;
  applyOperations([["morph", "x", `<div id="x">${after}</div>`]]);
  return [wrapper, firstChild];
}

await patchesLoader(new FakeEnvironment().patches)();

Deno.test("live: what stands around a part is morphed without it, and its own attributes with that", () => {
  const field = `<input name="n"><b>1</b>`;
  const [wrapper, first] = around(
    `<p>1</p>${part(field, "L1x", ` class="old"`)}`,
    `<i>new</i><p>2</p>${part("", "L1x", ` title="new"`)}`,
  );
  assert.equal($("#x").innerHTML, `<i>new</i><p>2</p>${part(field, "L1x", ` title="new"`)}`);
  assert.equal($("#L1x"), wrapper);
  assert.equal(wrapper.firstChild, first);
});

Deno.test("live: a part may be an element of any name, a field too", () => {
  for (
    const [open, content, close] of [
      [`<table><tbody id="L1x" data-argyle-live="">`, `<tr><td>1</td></tr>`, `</tbody></table>`],
      [`<select id="L1x" data-argyle-live="">`, `<option>1</option><option>2</option>`, `</select>`],
      [`<textarea id="L1x" data-argyle-live="">`, `text`, `</textarea>`],
      [`<details id="L1x" data-argyle-live="">`, `<summary>1</summary>`, `</details>`],
    ] as const
  ) {
    const [wrapper, first] = around(`<p>1</p>${open}${content}${close}`, `<p>2</p>${open}${close}`);
    assert.equal($("#x").innerHTML, `<p>2</p>${open}${content}${close}`);
    assert.equal(wrapper.firstChild, first);
  }
});

Deno.test("live: content that comes along is morphed, and an empty part says so with a comment", () => {
  const [wrapper, first] = around(part(`<b>1</b>`), part(`<b>2</b><i></i>`));
  assert.equal(wrapper.innerHTML, `<b>2</b><i></i>`);
  assert.equal(wrapper.firstChild, first);
  applyOperations([["morph", "x", `<div id="x">${part("<!---->")}</div>`]]);
  assert.equal(wrapper.innerHTML, "<!---->");
  applyOperations([["morph", "x", `<div id="x"><i></i>${part("")}</div>`]]);
  assert.equal(wrapper.innerHTML, "<!---->");
});

Deno.test("live: a part that an operation names is brought to what the operation says, to nothing too", () => {
  const inner = (content: string) => part(`<p>1</p>${part(content, "L2x")}`);
  show(`<div id="x">${inner("<b>1</b>")}</div>`);
  const [one, two] = [$("#L1x"), $("#L2x")];
  applyOperations([["morph", "L1x", part(`<p>2</p>${part("", "L2x")}`)]]);
  assert.equal($("#x").innerHTML, inner("<b>1</b>").replace("<p>1", "<p>2"));
  applyOperations([["morph", "x", `<div id="x" class="c">${part("")}</div>`]]);
  assert.equal($("#x").innerHTML, inner("<b>1</b>").replace("<p>1", "<p>2"));
  assert.deepEqual([$("#L1x"), $("#L2x")], [one, two]);
  applyOperations([["morph", "L2x", part("", "L2x")]]);
  assert.equal(two.innerHTML, "");
  applyOperations([["morph", "L1x", part("")]]);
  assert.equal($("#x").outerHTML, `<div id="x" class="c">${part("")}</div>`);
});

Deno.test("live: the page and the body are brought to new ones around a part", () => {
  show(`<p>1</p>${part("<b>1</b>")}`);
  const wrapper = $("#L1x"), { firstChild } = wrapper;
  applyOperations([["body", `<p>2</p>${part("")}`]]);
  assert.equal(document.body.innerHTML, `<p>2</p>${part("<b>1</b>")}`);
  const body = document.createElement("body");
  body.innerHTML = `<p>3</p>${part("<b>2</b>")}`;
  replacePage(document.createElement("head"), body);
  assert.equal(document.body.innerHTML, `<p>3</p>${part("<b>2</b>")}`);
  assert.deepEqual([$("#L1x"), wrapper.firstChild], [wrapper, firstChild]);
});

Deno.test("live: a part without a counterpart is what comes", () => {
  show(`<div id="x"><argyle-live id="L1x"><b>not a part</b></argyle-live>${part("<b>1</b>", "L2x")}</div>`);
  const after = part("") + part("", "L3x") + part("<b>4</b>", "L4x");
  applyOperations([["morph", "x", `<div id="x">${after}</div>`]]);
  assert.equal($("#x").innerHTML, after);
});

Deno.test("live: a part that moves, or whose surroundings change their name, keeps its content", () => {
  const content = `<input name="n"><b id="b">1</b>`;
  const [wrapper, first] = around(
    `<section>${part(content)}</section><p>1</p>`,
    `<p>2</p><ul><li>${part("")}</li></ul>`,
  );
  assert.equal($("#x").innerHTML, `<p>2</p><ul><li>${part(content)}</li></ul>`);
  applyOperations([["morph", "x", `<main id="x"><h1>3</h1>${part("", "L1x", ` lang="en"`)}</main>`]]);
  const html = `<main id="x"><h1>3</h1>${part(content, "L1x", ` lang="en"`)}</main>`;
  assert.equal(document.body.innerHTML, html);
  assert.equal($("#L1x"), wrapper);
  assert.equal(wrapper.firstChild, first);
});

Deno.test("live: nothing is taken out of a part that keeps its content", () => {
  const content = `<b id="b">1</b>`;
  const [wrapper, first] = around(part(content), `${part("")}<p><b id="b">2</b></p>`);
  assert.equal($("#x").innerHTML, `${part(content)}<p><b id="b">2</b></p>`);
  assert.equal(wrapper.firstChild, first);
  // What comes with its content gives and takes as everything does.
  const b = wrapper.firstChild;
  show(`<div id="x">${part(content)}<p></p></div>`);
  const moved = $("#b");
  applyOperations([["morph", "x", `<div id="x">${part("<i></i>")}<p>${content}</p></div>`]]);
  assert.equal($("p").firstChild, moved);
  assert.notEqual(moved, b);
});

Deno.test("live: addresses reach into a part", () => {
  show(`<div id="x">${part(`<p>1</p><ul><li data-k="a">a</li></ul>`)}</div>`);
  applyOperations([
    ["text", ["L1x", 0], "5"],
    ["after", ["L1x", "a"], `<li data-k="b">b</li>`],
    ["attributes", ["L1x", 0], { class: "c" }],
    ["order", ["L1x", "a"], [1, -2]],
  ]);
  assert.equal(
    $("#L1x").innerHTML,
    `<p class="c">5</p><ul><li data-k="b">b</li><li data-k="a">a</li></ul>`,
  );
  applyOperations([["remove", ["L1x", 1, 0], ["L1x", 0]]]);
  assert.equal($("#L1x").innerHTML, `<ul><li data-k="a">a</li></ul>`);
});
