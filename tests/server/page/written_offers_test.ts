import assert from "node:assert/strict";
import { writtenOffers } from "../../../server/page/written_offers.ts";

const read = (body: string) =>
  [...writtenOffers(body, undefined)].map(({ target, args, roots }) => [target, args, roots()] as const);

Deno.test("writtenOffers: the calls of each element, with the nearest roots", () => {
  assert.deepEqual(
    read(
      `<main data-reflex-root="#a, #b"><p data-reflex="click-&gt;A#b x->A#c" data-reflex-args="[[],[&quot;&lt;&quot;]]">` +
        `</p><table><tbody><tr data-reflex-root="#c" id="x" data-reflex="click"><td data-reflex="click->A#d">` +
        `</td></tr></tbody></table></main><i data-reflex="click->A#e" data-reflex-root="#d"></i><b data-reflex="click->A#f"></b>`,
    ),
    [
      ["A#b", [], ["a", "b"]],
      ["A#c", ["<"], ["a", "b"]],
      ["$#refresh", [], ["c"]],
      ["A#d", [], ["c"]],
      ["A#e", [], ["d"]],
      ["A#f", [], undefined],
    ],
  );
});

Deno.test("writtenOffers: what is no attribute of an element of ours is no call", () => {
  for (
    const body of [
      `<script> <i data-reflex="click->A#b"></i></script>`,
      `<!-- <i data-reflex="click->A#b"></i> -->`,
      `<textarea> <i data-reflex="click->A#b"></i></textarea>`,
      `<i title="x data-reflex="></i><i title="click->A#b"></i>`,
      `<i title='x' data-reflex="click->A#b"></i>`,
      ` data-reflex="click->A#b"`,
      // Behind this a parser may build another tree.
      `<p><div></p><i data-reflex="click->A#b"></i>`,
    ]
  ) {
    assert.deepEqual(read(body), [], body);
  }
});

Deno.test("writtenOffers: a call in raw HTML has no roots", () => {
  for (const open of ["<p data-raw>", '<p data-raw="">']) {
    const html = `<i data-reflex-root="#a" data-reflex="click->A#b"></i>`;
    assert.deepEqual(read(`<main data-reflex-root="#a">${open}${html}</p></main>`), [["A#b", [], undefined]]);
  }
});

Deno.test("writtenOffers: a value that looks like another attribute is none", () => {
  assert.deepEqual(
    read(`<p title="x data-reflex-root="><i title="y data-reflex-root=" data-reflex="click->A#b"></i></p>`),
    [["A#b", [], undefined]],
  );
  assert.deepEqual(read(`<i data-reflex="click->A#b" data-reflex="click->A#c" data-reflex-args="{"></i>`), [
    ["A#b", [], undefined],
  ]);
});
