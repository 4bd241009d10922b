import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { elementData } from "../../client/serialize.ts";
import { moreData } from "../../client/more_data.ts";
import { defaultLimits, readClientFrame } from "../../protocol/mod.ts";
import type { ElementData } from "../../protocol/frames.ts";

/** What #b tells, and what the console has heard meanwhile. */
function told(body: string): [data: ElementData, warned: string[]] {
  show(body);
  const warned: string[] = [], { warn } = console;
  // deno-lint-ignore no-console -- it is what is looked at
  console.warn = (message: string) => void warned.push(message);
  try {
    const data = moreData($("#b"), elementData($("#b")));
    // A server takes it.
    readClientFrame(JSON.stringify(["call", 1, 0, "A#b", [], data]), defaultLimits);
    return [data, warned];
  } finally {
    // deno-lint-ignore no-console -- as it was
    console.warn = warn;
  }
}

const around = (attributes: string) =>
  `<section data-x="1" data-far="1"><p data-s="1" data-x="9"></p>
    <div data-x="2" data-near="2"><b id="b" ${attributes}><i data-in="3"><u data-deep="4"></u></i></b></div>
    <p class="other" data-other="5"></p></section>`;

Deno.test("dataset: whose attributes are told, one of each name: its own, then what is named first and nearest", () => {
  const data = (words: string, own = "") => {
    const { id: _, ...rest } = told(around(`data-reflex-dataset="${words}" ${own}`))[0].a ?? {};
    return rest;
  };
  assert.deepEqual(data("combined"), { "data-x": "2", "data-near": "2", "data-far": "1" });
  assert.deepEqual(data("ancestors", 'data-x="0"'), { "data-x": "0", "data-near": "2", "data-far": "1" });
  assert.deepEqual(data("parent"), { "data-x": "2", "data-near": "2" });
  assert.deepEqual(data("children"), { "data-in": "3" });
  assert.deepEqual(data("descendants"), { "data-in": "3", "data-deep": "4" });
  assert.deepEqual(data(".other siblings"), { "data-other": "5" });
  assert.deepEqual(data("parent .other"), { "data-x": "2", "data-near": "2", "data-other": "5" });
});

Deno.test("dataset-all: all values of a name, its own first", () => {
  const [{ d }] = told(around('data-x="0" data-reflex-dataset-all="ancestors"'));
  assert.deepEqual(d, { "data-x": ["0", "2", "1"], "data-near": ["2"], "data-far": ["1"] });
});

Deno.test("options: what is no selector, and what names no form, is warned of and told of nothing", () => {
  assert.deepEqual(told(around('data-reflex-dataset="[["')), [
    { a: { id: "b" } },
    ['"[[" selects nothing: it is no selector.'],
  ]);
  const [data, warned] = told(
    `<form><input name="own" value="1"><b id="b" data-reflex-form-selector="#gone"></b></form>`,
  );
  assert.deepEqual([data.f, warned], [undefined, ['"#gone" names no form.']]);
});

Deno.test("options: the form is left out or another one, the element's HTML and text are told where asked for", () => {
  const form = (attributes: string) =>
    told(`<form id="f"><input name="own" value="1"></form><form><input name="near" value="2">
      <b id="b" ${attributes}>a <i>b</i></b></form>`)[0];
  assert.deepEqual(form("").f, [["near", "2"]]);
  assert.equal(form('data-reflex-serialize-form="false"').f, undefined);
  assert.deepEqual(form('data-reflex-form-selector="#f"').f, [["own", "1"]]);
  const { h, t, q } = form(
    "data-reflex-include-inner-html data-reflex-include-text-content data-reflex-suppress-logging",
  );
  assert.deepEqual([h, t, q], ["a <i>b</i>", "a b", true]);
  assert.equal(form('data-reflex-include-inner-html="false"').h, undefined);
});
