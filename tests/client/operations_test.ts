import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { FakeEnvironment } from "./fakes.ts";
import { patchesLoader } from "../../client/beside.ts";
import { markSent } from "../../client/fields.ts";
import { markOpen } from "../../client/open.ts";
import { applyOperations } from "../../client/operations.ts";
import type { Operation } from "../../protocol/operations.ts";

/** Shows markup, lets a person work at it, and applies operations. */
function applied(body: string, operations: Operation[], person: () => void = () => {}): string {
  show(body);
  markOpen(document.documentElement);
  person();
  applyOperations(operations);
  return document.body.innerHTML;
}

const field = (selector = "input"): HTMLInputElement => $<HTMLInputElement>(selector);

await patchesLoader(new FakeEnvironment().patches)();

Deno.test("text: is text, whatever is in it and whatever stood there", () => {
  const evil = `<b>&amp;"</b>`, escaped = `&lt;b&gt;&amp;amp;"&lt;/b&gt;`;
  assert.equal(applied(`<p id="x">old</p>`, [["text", "x", evil]]), `<p id="x">${escaped}</p>`);
  assert.equal(applied(`<p id="x"><b>1</b>2</p>`, [["text", "x", "new"]]), `<p id="x">new</p>`);
  assert.equal(applied(`<p id="x"></p>`, [["text", "x", "new"]]), `<p id="x">new</p>`);
  applied(`<p id="x">old</p>`, [["text", "x", ""]]);
  assert.equal($("#x").childNodes.length, 0);
});

Deno.test("do: what was written by hand is done once the script for it is there, behind what a comparison has found", async () => {
  const env = new FakeEnvironment();
  const operations: Operation[] = [["do", "addCssClass", "p", { name: "b" }], ["text", "x", "new"]];
  show(`<p id="x">old</p>`);
  await (await env.patches()).prepare(JSON.stringify(["patch", 1, operations]), () => {
    applyOperations(operations);
    assert.equal(document.body.innerHTML, `<p id="x" class="b">new</p>`);
  }, env);
  assert.equal($("#x").className, "b");
  env.hasRest = false;
  await assert.rejects(async () => await env.patches());
});

Deno.test("text: the text node stays", () => {
  show(`<p id="x">old</p>`);
  const { firstChild } = $("#x");
  applyOperations([["text", "x", "new"]]);
  assert.equal($("#x").firstChild, firstChild);
});

Deno.test("text: what was written in a textarea stays, and what nobody touched is what the server says", () => {
  const textarea = `<textarea id="x">base</textarea>`;
  applied(textarea, [["text", "x", "theirs"]]);
  assert.equal($<HTMLTextAreaElement>("#x").value, "theirs");
  applied(textarea, [["text", "x", "theirs"]], () => void ($<HTMLTextAreaElement>("#x").value = "mine"));
  assert.equal($<HTMLTextAreaElement>("#x").value, "mine");
});

Deno.test("attributes: come, change and go, and those that are not named stay", () => {
  assert.equal(
    applied(`<p id="x" class="a" title="t" lang="en">1</p>`, [
      ["attributes", "x", { class: `b "&quot;"`, title: null, hidden: "" }],
    ]),
    `<p id="x" class="b &quot;&amp;quot;&quot;" lang="en" hidden="">1</p>`,
  );
  assert.equal($("#x").className, `b "&quot;"`);
});

Deno.test("attributes: what markup could not bring does not come this way either", () => {
  applied(`<a id="x" href="/ok" onclick="mine()" title="t">1</a><meta id="m"><base id="b">`, [
    ["attributes", "x", {
      onmouseover: "evil()",
      ONFOCUS: "evil()",
      href: " java\tscript:evil()",
      title: "u",
    }],
    ["attributes", "x", { [`x onerror=evil() y`]: "1", "z><script>evil()</script><p ": "1" }],
    ["attributes", "m", { "http-equiv": "refresh", content: "0; url=//evil" }],
    ["attributes", "b", { href: "//evil" }],
  ]);
  const names = [...$("#x").attributes].map(({ name }) => name);
  assert.deepEqual(names.filter((name) => name.startsWith("on")), ["onclick"]);
  assert.equal($("#x").getAttribute("href"), "about:blank#blocked");
  assert.equal($("#x").title, "u");
  assert.equal($("#m").hasAttribute("http-equiv"), false);
  assert.equal($("#b").hasAttribute("href"), false);
  assert.equal(document.querySelector("script"), null);
});

Deno.test("attributes: a person's value, choice and open details stay until there is news", () => {
  const value = (changes: Record<string, string | null>, mine?: string) => {
    applied(`<input id="x" value="base">`, [["attributes", "x", changes]], () => {
      if (mine !== undefined) field().value = mine;
    });
    return field().value;
  };
  assert.equal(value({ value: "theirs" }), "theirs");
  assert.equal(value({ value: "theirs" }, "mine"), "mine");
  assert.equal(value({ class: "c" }, "mine"), "mine");

  const toggle = () => void $("details").toggleAttribute("open");
  const isOpen = () => $("details").hasAttribute("open");
  applied(`<details id="x"></details>`, [["attributes", "x", { class: "c" }]], toggle);
  assert.equal(isOpen(), true);
  applyOperations([["attributes", "x", { open: "" }]]);
  assert.equal(isOpen(), true);
  applyOperations([["attributes", "x", { open: null }]]);
  assert.equal(isOpen(), false);
});

Deno.test("attributes: radio buttons of one name are one field, over all operations of a patch", () => {
  const radios = ["a", "b", "c"].map((id) =>
    `<p><input type="radio" name="r" id="${id}"${id === "b" ? " checked" : ""}></p>`
  ).join("");
  const chosen = (person: () => void = () => {}, changes = ["a", "b"]) => {
    applied(
      radios,
      changes.map((id) => ["attributes", id, { checked: id === "a" ? "" : null }]),
      person,
    );
    return $("input:checked").id;
  };
  for (const changes of [["a", "b"], ["b", "a"]]) {
    assert.equal(chosen(() => {}, changes), "a");
    assert.equal(chosen(() => void (field("#c").checked = true), changes), "c");
    assert.equal(
      chosen(() => {
        field("#c").checked = true;
        markSent(field("#c"));
      }, changes),
      "a",
    );
  }
});

Deno.test("attributes: of an option, what the person chose in the select stays", () => {
  const select =
    `<select><option id="a" selected>a</option><option id="b">b</option><option>c</option></select>`;
  const news: Operation[] = [["attributes", "b", { selected: "" }], ["attributes", "a", { selected: null }]];
  const chosen = () => $<HTMLSelectElement>("select").value;
  applied(select, news);
  assert.equal(chosen(), "b");
  applied(select, news, () => void ($<HTMLSelectElement>("select").value = "c"));
  assert.equal(chosen(), "c");
});

Deno.test("morph: an address with steps; the id and the key must be the element's own", () => {
  const list = `<ul id="l"><li data-k="a">1</li><li>2</li></ul>`;
  assert.equal(
    applied(list, [["morph", ["l", "a"], `<li data-k="a"><b>1</b></li>`], ["morph", ["l", 1], `<li>3</li>`]]),
    `<ul id="l"><li data-k="a"><b>1</b></li><li>3</li></ul>`,
  );
  const wrong: Operation[] = [
    ["morph", ["l", "a"], `<li data-k="b">1</li>`],
    ["morph", ["l", "a"], `<li>1</li>`],
    ["morph", ["l", 1], `<li id="x">2</li>`],
    ["morph", ["l", 1], `<li data-k="x">2</li>`],
    ["morph", ["l", 1], `<p>2</p>`],
    ["morph", ["l", 1], `<li>2</li><li>3</li>`],
    ["morph", ["l", 1], `<li>2</li> `],
    ["morph", "", `<body>2</body>`],
  ];
  for (const operation of wrong) {
    show(list);
    assert.throws(() => applyOperations([operation]), TypeError, JSON.stringify(operation));
    assert.equal(document.body.innerHTML, list);
  }
});

Deno.test("morph: a child keeps its node by its key, in any order", () => {
  const rows = (keys: string) => [...keys].map((key) => `<li data-k="${key}">${key}</li>`).join("");
  show(`<ul id="x">${rows("abcd")}</ul>`);
  const [a, , c, d] = $("#x").children;
  applyOperations([["morph", "x", `<ul id="x">${rows("dxca")}</ul>`]]);
  assert.equal($("#x").innerHTML, rows("dxca"));
  const [first, , third, fourth] = $("#x").children;
  assert.deepEqual([first, third, fourth], [d, c, a]);
});

Deno.test("before, after: elements are put there, parsed where they will stand", () => {
  const table = `<table><tbody id="t"><tr id="a"><td>1</td></tr></tbody></table>`;
  assert.equal(
    applied(table, [
      ["before", "a", `<tr id="b"><td>2</td></tr><tr id="c"><td>3</td></tr>`],
      ["after", ["t", 2], `<tr id="d"><td>4</td></tr>`],
      ["after", "b", `<tr id="e"></tr>`],
    ]),
    `<table><tbody id="t"><tr id="b"><td>2</td></tr><tr id="e"></tr><tr id="c"><td>3</td></tr>` +
      `<tr id="a"><td>1</td></tr><tr id="d"><td>4</td></tr></tbody></table>`,
  );
  assert.equal(
    applied(`<p>a<i id="i"></i>b</p>`, [["after", "i", "<b></b>"], ["before", "i", "<u></u>"]]),
    `<p>a<u></u><i id="i"></i><b></b>b</p>`,
  );
});

Deno.test("before, after: anything but elements is refused", () => {
  for (const html of ["", " ", "text", "<b></b> ", "<b></b>text<i></i>", "<!--c--><b></b>"]) {
    for (const name of ["before", "after"] as const) {
      show(`<p id="x"></p>`);
      assert.throws(() => applyOperations([[name, "x", html]]), TypeError, html);
      assert.equal(document.body.innerHTML, `<p id="x"></p>`);
    }
  }
});

Deno.test("remove: all are found before the first is gone", () => {
  assert.equal(
    applied(`<ul id="l"><li>0</li><li id="i">1</li><li>2</li></ul>`, [["remove", ["l", 0], "i", ["l", 2]]]),
    `<ul id="l"></ul>`,
  );
  show(`<p id="x"></p>`);
  assert.throws(() => applyOperations([["remove", "x", "y"]]), TypeError);
  assert.equal(document.body.innerHTML, `<p id="x"></p>`);
});

Deno.test("order: by the first element, in any element", () => {
  assert.equal(
    applied(`<ul id="l"><li>0</li><li data-k="1">1</li><li>2</li></ul>`, [["order", ["l", 1], [1, -2]]]),
    `<ul id="l"><li>0</li><li>2</li><li data-k="1">1</li></ul>`,
  );
  show(`<p id="x"></p>`);
  assert.throws(() => applyOperations([["order", "x", [0, 2]]]), TypeError);
});

Deno.test("order: of options, what was chosen stays chosen", () => {
  const option = (id: string) => `<option id="${id}">${id}</option>`;
  applied(`<select>${["a", "b", "c"].map(option).join("")}</select>`, [["order", "a", [2, -3]]], () => {
    $<HTMLSelectElement>("select").value = "b";
  });
  assert.equal($<HTMLSelectElement>("select").value, "b");
  assert.equal($("select").textContent, "cba");
});

Deno.test("permanent: no operation changes what is in it, and the element itself can go", () => {
  const body = `<div id="p" data-reflex-permanent="" title="t"><i id="i">1</i><b>2</b></div>`;
  const nothing: Operation[] = [
    ["text", "p", "x"],
    ["text", "i", "x"],
    ["text", ["p", 7], "x"],
    ["attributes", "p", { title: "x" }],
    ["attributes", "i", { title: "x" }],
    ["morph", "i", `<i id="i">x</i>`],
    ["before", "i", "<u></u>"],
    ["after", ["p", 9, 9], "<u></u>"],
    ["remove", "i"],
    ["order", "i", [1, -2]],
  ];
  for (const operation of nothing) assert.equal(applied(body, [operation]), body, JSON.stringify(operation));
  assert.equal(applied(body, [["after", "p", "<u></u>"], ["remove", "p"]]), "<u></u>");
});

Deno.test("scripts: no operation brings, changes or removes one", () => {
  const body = `<script id="s" type="x">old</script><p id="p"></p>`;
  const html = `<script id="n">evil()</script><b></b>`;
  assert.equal(
    applied(body, [
      ["text", "s", "evil()"],
      ["attributes", "s", { type: null, src: "/evil.js" }],
      ["remove", "s"],
      ["before", "p", html],
    ]),
    `<script id="s" type="x">old</script><b></b><p id="p"></p>`,
  );
});

Deno.test("operations: each finds the page as those before it have left it", () => {
  assert.equal(
    applied(`<ul id="l"><li data-k="a">a</li></ul>`, [
      ["before", ["l", "a"], `<li data-k="b">b</li>`],
      ["text", ["l", "b"], "B"],
      ["order", ["l", "b"], [1, 1, 0, 1]],
      ["remove", ["l", "a"]],
      ["after", ["l", "b"], `<li data-k="a">A</li>`],
      ["attributes", ["l", "a"], { class: "c" }],
    ]),
    `<ul id="l"><li data-k="b">B</li><li data-k="a" class="c">A</li></ul>`,
  );
});

Deno.test("operations: a patch that breaks off keeps what was typed", () => {
  show(`<input id="x" value="base"><p id="p"></p>`);
  field().value = "mine";
  assert.throws(() => applyOperations([["attributes", "x", { value: "theirs" }], ["text", "nothing", ""]]));
  assert.equal(field().value, "mine");
});
