import assert from "node:assert/strict";
import { ops } from "@argyle/argyle";
import { diff } from "../../../server/patch/diff.ts";

/** What brings one body to another. */
function change(before: string, after: string) {
  return diff({ head: "", body: before }, { head: "", body: after });
}

const filler = `<p>${"What stays. ".repeat(40)}</p>`;
const page = (props: string, shown: string, more = "") =>
  `<main id="main">${filler}<argyle-island data-argyle-island='chart' data-argyle-props='${props}' style="display:contents">` +
  `${shown}</argyle-island>${more}</main>`;

Deno.test("diff: other props of an island are one attribute, whatever it shows", () => {
  assert.deepEqual(
    change(
      page("[1]", "<figure id=chart><b>1</b></figure>"),
      page("[2]", "<figure id=chart>2<i>3</i></figure><hr>"),
    ),
    [["attributes", ["main", 1], { "data-argyle-props": "[2]" }]],
  );
});

Deno.test("diff: what an island shows is not sent where its props are equal, and what stands behind it is", () => {
  assert.deepEqual(change(page("[1]", "<b>0.123</b>"), page("[1]", "<p>0.456</p>")), []);
  assert.deepEqual(
    change(page("[1]", "<b>0.123</b>", "<i>1</i>"), page("[1]", "<p>0.456</p>", "<i>2</i>")),
    [["text", ["main", 2], "2"]],
  );
});

Deno.test("diff: what the page shows in an island is addressed by its slot, wherever that stands", () => {
  const slot = (text: string) => `<argyle-slot id="s"><b>${text}</b>x</argyle-slot>`;
  assert.deepEqual(
    change(page("[1]", `<nav>${slot("1")}</nav>`), page("[2]", `<aside><p>Right</p>${slot("2")}</aside>`)),
    [["attributes", ["main", 1], { "data-argyle-props": "[2]" }], ["text", ["s", 0], "2"]],
  );
});

Deno.test("diff: an id in what an island shows is no address, and hides none", () => {
  const shown = `<b id="same">1</b>`;
  assert.deepEqual(
    change(page("[1]", shown, `<i id="same">1</i>`), page("[1]", shown, `<i id="same">2</i>`)),
    [["text", "same", "2"]],
  );
});

Deno.test("diff: long props are one attribute, too", () => {
  const long = (last: string) => `["${"a".repeat(100_000)}${last}"]`;
  assert.deepEqual(change(page(long("b"), "<b>1</b>"), page(long("c"), "<b>1</b>")), [
    ["attributes", ["main", 1], { "data-argyle-props": long("c") }],
  ]);
});

Deno.test("setProps: as it is sent; what cannot travel is refused where it is written", () => {
  assert.deepEqual(ops().setProps("#chart", { at: new Date(0) }).toJSON(), [
    ["do", "setProps", "#chart", { props: '[{"at":1},["Date","1970-01-01T00:00:00.000Z"]]' }],
  ]);
  assert.throws(
    () => ops().setProps("#chart", { save() {} }),
    /^TypeError: Cannot send props\.save to the island #chart: a function\./,
  );
  assert.throws(() => ops().perform("setProps"), /it is a method/);
});
