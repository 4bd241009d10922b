import assert from "node:assert/strict";
import { $, show, window } from "./browser.ts";
import { elementData } from "../../client/serialize.ts";
import { defaultLimits, readClientFrame, writeFrame } from "../../protocol/mod.ts";

function data(html: string, selector: string, prepare: () => void = () => {}) {
  show(html);
  prepare();
  return elementData($(selector), null);
}

Deno.test("elementData: attributes without ours, class and style; nothing when there is nothing", () => {
  assert.deepEqual(
    data(`<b class="c" style="color:red" data-reflex="click->A#b" data-reflex-args="[]"></b>`, "b"),
    {},
  );
  assert.deepEqual(data(`<b id="x" data-n="1" data-reflex="click->A#b"></b>`, "b"), {
    a: { id: "x", "data-n": "1" },
  });
});

Deno.test("elementData: a value that differs from its attribute, wherever there is one", () => {
  const typed = () => $<HTMLInputElement>("[id=i]").value = "new";
  assert.deepEqual(data(`<input id="i" value="old">`, "input", typed), {
    a: { id: "i", value: "old" },
    v: "new",
  });
  assert.deepEqual(data(`<input value="same">`, "input"), { a: { value: "same" } });
  assert.deepEqual(data(`<textarea>text</textarea>`, "textarea"), { v: "text" });
  assert.deepEqual(data(`<select><option>a<option selected>b</select>`, "select"), { v: "b" });
  assert.deepEqual(data(`<b></b>`, "b", () => void Reflect.set($("b"), "value", "own")), { v: "own" });
});

Deno.test("elementData: checked of checkbox and radio button, values of a multiple select", () => {
  assert.deepEqual(data(`<input type="checkbox" value="x" checked>`, "input").c, true);
  assert.deepEqual(data(`<input type="radio" value="x">`, "input").c, false);
  const html = `<select multiple><option selected>a<option>b<option selected>c</select>`;
  assert.deepEqual(data(html, "select").m, ["a", "c"]);
});

Deno.test("elementData: a password leaves only with its form", () => {
  const typed = () => $<HTMLInputElement>("input").value = "secret";
  assert.deepEqual(data(`<input type="password">`, "input", typed), { a: { type: "password" } });
  const form = `<form><input type="password" name="p"></form>`;
  assert.deepEqual(data(form, "form", typed), { f: [["p", "secret"]] });
  assert.equal("v" in data(form, "input", typed), false);
});

Deno.test("elementData: the form of an element, with the button that was pressed", () => {
  const html =
    `<form><input name="a" value="1"><input name="off" disabled value="2"><input type="checkbox" name="c">
    <button name="b" value="save" id="save">x</button><button name="b" value="drop">x</button><i></i></form>`;
  assert.deepEqual(data(html, "i").f, [["a", "1"]]);
  assert.deepEqual(data(html, "#save").f, [["a", "1"], ["b", "save"]]);
  show(html);
  assert.deepEqual(elementData($("form"), $("#save")).f, [["a", "1"], ["b", "save"]]);
});

Deno.test("elementData: a file is its name", () => {
  show(`<form><input name="f"></form>`);
  const { FormData } = globalThis;
  class Chosen extends FormData {
    constructor() {
      super();
      this.append("f", new window.File(["x"], "cat.png") as unknown as File);
    }
  }
  globalThis.FormData = Chosen;
  try {
    assert.deepEqual(elementData($("form"), null).f, [["f", "cat.png"]]);
  } finally {
    globalThis.FormData = FormData;
  }
});

Deno.test("elementData: fields that are named like members of a form change nothing", () => {
  show(`<form id="f" data-x="1"></form>`);
  const form = $("form");
  const input = document.createElement("input");
  for (
    const name of ["attributes", "elements", "value", "form", "type", "matches", "closest"]
  ) {
    Object.defineProperty(form, name, { value: input });
  }
  assert.deepEqual(elementData(form, null), { a: { id: "f", "data-x": "1" } });
});

Deno.test("elementData: what it gives is what a server takes", () => {
  const element = data(
    `<form><input name="n" value="ü"><select multiple><option selected>a</select></form>`,
    "select",
  );
  const frame = writeFrame(["call", 1, 0, "A#b", [], element]);
  assert.deepEqual(readClientFrame(frame, defaultLimits), JSON.parse(frame));
});
