import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { applyOperations } from "../../client/operations.ts";
import { input, morphed } from "./morphed.ts";

Deno.test("morph: text, attributes and children come, and nodes stay", () => {
  show(`<div id="x"><p id="p" title="old">a</p></div>`);
  const p = $("#p");
  applyOperations([["morph", "x", `<div id="x" lang="en"><b>new</b><p id="p" class="c">b</p></div>`]]);
  assert.equal($("#x").outerHTML, `<div id="x" lang="en"><b>new</b><p id="p" class="c">b</p></div>`);
  assert.equal($("#p"), p);
});

Deno.test("morph: rows, options and shapes are parsed where they stand", () => {
  show(`<table><tbody><tr id="r"><td>1</td></tr></tbody></table><select><option id="o">1</option></select>
    <svg><g><circle id="c" r="1"></circle></g></svg>`);
  applyOperations([
    ["morph", "r", `<tr id="r"><td>2</td><td>3</td></tr>`],
    ["morph", "o", `<option id="o">2</option>`],
    ["morph", "c", `<circle id="c" r="2"></circle>`],
  ]);
  assert.equal($("tbody").innerHTML, `<tr id="r"><td>2</td><td>3</td></tr>`);
  assert.equal($("#o").textContent, "2");
  assert.equal($("#c").getAttribute("r"), "2");
});

Deno.test("morph: keyed children keep their nodes in any order, and duplicate ids break nothing", () => {
  const row = (id: string) => `<p id="${id}">${id}</p>`;
  show(`<div id="x">${["a", "b", "c"].map(row).join("")}</div>`);
  const nodes = ["#c", "#a", "#b"].map((id) => $(id));
  applyOperations([["morph", "x", `<div id="x">${["c", "a", "b"].map(row).join("")}</div>`]]);
  assert.deepEqual([...$("#x").children], nodes);
  const twice = morphed(row("a") + row("a") + row("a"), row("a") + row("b"));
  assert.equal(twice.innerHTML, row("a") + row("b"));
});

Deno.test("morph: markup that is not that one element is refused, and so is an element that is not there", () => {
  show(`<div id="x"></div>`);
  for (const html of ["", "text", `<div id="y"></div>`, `<div id="x"></div><div id="x"></div>`]) {
    assert.throws(() => applyOperations([["morph", "x", html]]), TypeError, html);
  }
  assert.throws(() => applyOperations([["morph", "z", `<div id="z"></div>`]]), TypeError);
  assert.throws(() => applyOperations([["eval" as "morph", "x", ""]]), TypeError);
});

Deno.test("morph: an element may change its name", () => {
  show(`<div id="x">a</div>`);
  applyOperations([["morph", "x", `<section id="x">b</section>`]]);
  assert.equal($("#x").outerHTML, `<section id="x">b</section>`);
});

Deno.test("body: the children of the body, whatever stands there", () => {
  show(`<p>old</p>`);
  applyOperations([["body", `<p>new</p><i></i>`]]);
  assert.equal(document.body.innerHTML, `<p>new</p><i></i>`);
});

Deno.test("place: the focused field stays itself, with its caret, also where it was moved", () => {
  let field: HTMLInputElement | undefined;
  morphed(
    `<p id="p">1</p><input id="i" name="n">`,
    `<b>2</b><input id="i" name="n" class="c"><p id="p">2</p>`,
    () => {
      field = $<HTMLInputElement>("#i");
      field.value = "hello";
      field.focus();
      field.setSelectionRange(1, 3, "backward");
    },
  );
  assert.equal($("#i"), field);
  assert.equal(document.activeElement, field);
  const { selectionStart, selectionEnd, selectionDirection } = field!;
  assert.deepEqual([selectionStart, selectionEnd, selectionDirection], [1, 3, "backward"]);
});

Deno.test("place: news for the field that has the focus leaves the caret", () => {
  morphed(`<input id="i" name="n" value="abcdef">`, `<input id="i" name="n" value="ABCDEF">`, () => {
    input().focus();
    input().setSelectionRange(2, 2);
  });
  assert.deepEqual([input().value, input().selectionStart], ["ABCDEF", 2]);
});

Deno.test("permanent: no patch touches it, nor what is inside", () => {
  const x = morphed(
    `<p id="p" data-reflex-permanent>a<i id="i"></i></p><b>1</b>`,
    `<p id="p" data-reflex-permanent>b</p><b>2</b>`,
  );
  assert.equal(x.innerHTML, `<p id="p" data-reflex-permanent="">a<i id="i"></i></p><b>2</b>`);
  applyOperations([["morph", "i", `<i id="i">c</i>`]]);
  assert.equal($("#i").textContent, "");
});

Deno.test("scripts: none comes, none changes, none goes", () => {
  const x = morphed(
    `<script id="s" type="x">old</script><b>1</b>`,
    `<b>2</b><script>evil()</script><script id="s" type="x" src="/evil.js">new</script><p><script>evil()</script></p>`,
  );
  assert.equal(x.innerHTML, `<script id="s" type="x">old</script><b>2</b><p></p>`);
  applyOperations([["morph", "s", `<script id="s" src="/evil.js"></script>`]]);
  assert.equal($("#s").outerHTML, `<script id="s" type="x">old</script>`);
});

Deno.test("sweep: handlers, srcdoc, pragmas, bases and URLs that run are gone, in templates too", () => {
  const x = morphed(
    `<i></i>`,
    `<img src="x.png" onerror="evil()"><iframe srcdoc="<script>evil()</script>" src="javascript:evil()"></iframe>` +
      `<a href=" java\tscript:evil()">a</a><a href="/ok">b</a><meta http-equiv="refresh" content="0"><base href="//evil">` +
      `<template><b onclick="evil()"></b><script>evil()</script></template>`,
  );
  assert.equal(x.querySelector("img")?.outerHTML, `<img src="x.png">`);
  assert.equal(x.querySelector("iframe")?.outerHTML, `<iframe src="about:blank#blocked"></iframe>`);
  assert.deepEqual([...x.querySelectorAll("a")].map((a) => a.getAttribute("href")), [
    "about:blank#blocked",
    "/ok",
  ]);
  assert.equal(x.querySelectorAll("meta, base, script").length, 0);
  assert.equal(x.querySelector("template")?.innerHTML, `<b></b>`);
});

Deno.test("open: the person's, until the server says something new", () => {
  const details = (open: boolean, text: string) =>
    `<details${open ? ' open=""' : ""}><p>${text}</p></details>`;
  const toggle = () => void $("details").toggleAttribute("open");
  const isOpen = () => $("details").hasAttribute("open");
  morphed(details(false, "1"), details(false, "2"), toggle);
  assert.equal(isOpen(), true);
  applyOperations([["morph", "x", `<div id="x">${details(true, "3")}</div>`]]);
  assert.equal(isOpen(), true);
  applyOperations([["morph", "x", `<div id="x">${details(false, "4")}</div>`]]);
  assert.equal(isOpen(), false);
  morphed(`<i></i>`, details(true, "new"));
  toggle();
  applyOperations([["morph", "x", `<div id="x">${details(true, "newer")}</div>`]]);
  assert.equal(isOpen(), false);
});

Deno.test("clobbering: forms whose fields are named like members of a node are patched all the same", () => {
  const names = [
    "attributes",
    "firstChild",
    "nextSibling",
    "nodeName",
    "parentNode",
    "childNodes",
    "insertBefore",
  ];
  const form = (text: string) =>
    `<form id="f" title="${text}">${
      names.map((name) => `<input name="${name}">`).join("")
    }<b>${text}</b></form>`;
  show(`<div id="x">${form("1")}<p>1</p></div>`);
  const [live, first] = [$("#f"), $<HTMLInputElement>("#f input")];
  first.value = "typed";
  // What a browser does by itself.
  for (const name of names) Object.defineProperty(live, name, { value: first, configurable: true });
  applyOperations([["morph", "x", `<div id="x">${form("2")}<p>2</p><i></i></div>`]]);
  for (const name of names) Reflect.deleteProperty(live, name);
  assert.equal($("#x").innerHTML, `${form("2")}<p>2</p><i></i>`);
  assert.equal($("#f"), live);
  assert.equal(first.value, "typed");
  assert.equal(first.isConnected, true);
});

Deno.test("clobbering: images that hide members of the document break nothing", () => {
  show(`<div id="x">1</div>`);
  const image = document.createElement("img");
  $("#x").before(image);
  const names = ["body", "head", "getElementById", "activeElement", "documentElement", "implementation"];
  for (const name of names) Object.defineProperty(document, name, { value: image, configurable: true });
  try {
    applyOperations([["morph", "x", `<div id="x">2</div>`]]);
  } finally {
    for (const name of names) Reflect.deleteProperty(document, name);
  }
  assert.equal($("#x").textContent, "2");
});
