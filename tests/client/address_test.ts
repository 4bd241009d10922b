import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { find, forget } from "../../client/address.ts";
import type { Address } from "../../protocol/operations.ts";

const list = `<ul id="todos">
  <li data-k="milk"><b>1</b><i>2</i></li>
  <li data-k="eggs"><ul><li data-k="six">6</li></ul></li>
</ul>`;

function setUp(body: string): void {
  forget();
  show(body);
}

Deno.test("find: an id, the body, a key, a child and a parent, in any order", () => {
  setUp(list);
  const found: [Address, Element][] = [
    ["todos", $("#todos")],
    [["todos"], $("#todos")],
    ["", document.body],
    [["", 0], $("#todos")],
    [["todos", "milk"], $("li")],
    [["todos", "six"], $("li li")],
    [["todos", "eggs", "six"], $("li li")],
    [["todos", "milk", 1], $("i")],
    [["todos", 0, 1, -1, -1], $("#todos")],
    [["todos", "six", -1, -1], $("li + li")],
  ];
  for (const [address, element] of found) assert.equal(find(address), element, JSON.stringify(address));
});

Deno.test("find: what is not on the page, or is there twice, is refused", () => {
  setUp(
    `<section data-k="milk"></section>${list}<ol id="twice"><li data-k="a"></li><li data-k="a"></li></ol>`,
  );
  const missing: Address[] = [
    "nothing",
    ["nothing", 0],
    ["todos", "bread"],
    ["todos", 2],
    ["todos", -2],
    ["todos", "milk", "milk"],
    ["todos", "bread", -1],
    ["twice", "a"],
    ["todos", `milk"],[id`],
  ];
  for (const address of missing) assert.throws(() => find(address), TypeError, JSON.stringify(address));
});

Deno.test("find: a key is compared, whatever it is made of", () => {
  const keys = [`"]`, "\\", "a b", "é", "0", "]#todos", "__proto__", "constructor"];
  setUp(`<ul id="x"></ul>`);
  const items = keys.map((key) => {
    const item = document.createElement("li");
    item.setAttribute("data-k", key);
    $("#x").append(item);
    return item;
  });
  for (const [index, key] of keys.entries()) assert.equal(find(["x", key]), items[index], key);
});

Deno.test("find: elements that came, went or took another key since are seen", () => {
  setUp(list);
  const milk = find(["todos", "milk"])!;
  milk.setAttribute("data-k", "cream");
  assert.equal(find(["todos", "cream"]), milk);
  assert.throws(() => find(["todos", "milk"]), TypeError);
  milk.remove();
  assert.throws(() => find(["todos", "cream"]), TypeError);
  $("#todos").append(milk);
  assert.equal(find(["todos", "cream"]), milk);
});

Deno.test("find: what is permanent, and the way through it, names nothing", () => {
  setUp(
    `<div id="x"><p id="p" data-reflex-permanent><i id="i"></i></p><script id="s" type="x"></script></div>`,
  );
  for (const address of ["i", ["p", 0], ["p", 5], ["p", "key"], ["p", 3, 1], ["s", 0]] as Address[]) {
    assert.equal(find(address), undefined, JSON.stringify(address));
  }
  assert.equal(find("p"), $("#p"));
  assert.equal(find(["i", -1, -1]), $("#x"));
});

Deno.test("find: images and fields that hide members of the document and of a form hide nothing", () => {
  setUp(`<form id="f"><b data-k="k">1</b></form>`);
  const image = document.createElement("img");
  const names = ["body", "getElementById"],
    members = ["children", "parentElement", "getAttribute", "contains"];
  for (const name of names) Object.defineProperty(document, name, { value: image, configurable: true });
  for (const name of members) Object.defineProperty($("#f"), name, { value: image, configurable: true });
  try {
    const b = find(["f", 0]);
    assert.equal(b?.nodeName, "B");
    assert.equal(find(["f", "k"]), b);
    assert.equal(find(["", 0, 0]), b);
    assert.equal(find(["f", "k", -1, -1])?.nodeName, "BODY");
  } finally {
    for (const name of names) Reflect.deleteProperty(document, name);
  }
});
