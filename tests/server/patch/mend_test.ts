import assert from "node:assert/strict";
import fc from "fast-check";
import type { Operation } from "../../../protocol/operations.ts";
import { diff, type Rendered } from "../../../server/patch/diff.ts";
import { mend as mendBy, type Touched } from "../../../server/patch/mend.ts";
import { changes } from "./_pages.ts";
import { patch } from "./_tree.ts";

const mend = (before: Rendered, after: Rendered, touched: Touched) =>
  mendBy(before, after, touched, before === after ? [] : diff(before, after));
const page = (body: string) => ({ head: "", body });

Deno.test("mend: the difference, and the touched element as it should be", () => {
  const before = page(`<p id="a">1</p><p id="b">1</p>`), after = page(`<p id="a">1</p><p id="b">2</p>`);
  assert.deepEqual(mend({ ...before }, { ...after }, new Map([["a", "text"]])), [["text", "b", "2"], [
    "morph",
    "a",
    `<p id="a">1</p>`,
  ]]);
  assert.deepEqual(mend(before, before, new Map([["a", "text"]])), [["morph", "a", `<p id="a">1</p>`]]);
});

Deno.test("mend: attributes that were touched, as they should be; where they cannot be read, the element", () => {
  const touched = new Map([["a", new Set(["class", "title", "style"])]]);
  const at = (tag: string) => page(`<main><p ${tag}>long <b>and</b> longer</p></main>`);
  const named = at('class="x &amp; y" id="a" hidden');
  assert.deepEqual(mend(named, named, touched), [
    ["attributes", "a", { class: "x & y", title: null, style: null }],
  ]);
  const odd = at('id="a" class="&nbsp;"');
  assert.deepEqual(mend(odd, odd, touched), [[
    "morph",
    "a",
    '<p id="a" class="&nbsp;">long <b>and</b> longer</p>',
  ]]);
});

Deno.test("mend: an element that is not there, or more than once, in one of the two, leaves no saying", () => {
  const one = `<p id="a">1</p>`, other = `<p>1</p>`;
  for (
    const [before, after] of [[one, other], [other, one], [one + one, one], [one, one + one], [other, other]]
  ) {
    assert.equal(mend(page(before!), page(after!), new Map([["a", "text"]])), undefined);
  }
});

Deno.test("mend: a page whose elements were touched is the next page then, or says that it cannot be", () => {
  let mended = 0, refused = 0;
  fc.assert(
    fc.property(
      fc.oneof(changes({ wild: false }), changes({ wild: true })),
      fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
      ({ before, after }, picks) => {
        const ids = [...before.body.matchAll(/ id="([^"&]+)"/g)].map(([, id]) => id!);
        if (ids.length === 0) return;
        const touched = new Set(picks.map((pick) => ids[pick % ids.length]!));
        const operations = mend({ ...before }, { ...after }, new Map([...touched].map((id) => [id, "text"])));
        if (operations === undefined) return;
        const pushed = [...touched].flatMap((id): Operation[] => [
          ["text", id, "pushed"],
          ["attributes", id, { title: "pushed", class: null }],
        ]);
        const { equal, possible, error } = patch(before, after, [...pushed, ...operations]);
        if (error !== undefined) refused++;
        else if (possible || !operations.some(([kind]) => kind === "body")) {
          mended++;
          assert.ok(equal, JSON.stringify(operations));
        }
      },
    ),
    { seed: 31, numRuns: 1500 },
  );
  assert.ok(mended > 300 && refused < mended, `${mended} mended, ${refused} refused`);
});
