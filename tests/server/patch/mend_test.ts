import assert from "node:assert/strict";
import fc from "fast-check";
import type { Operation } from "../../../protocol/operations.ts";
import { mend } from "../../../server/patch/mend.ts";
import { changes } from "./_pages.ts";
import { patch } from "./_tree.ts";

const page = (body: string) => ({ head: "", body });

Deno.test("mend: the difference, and the touched element as it should be", () => {
  const before = page(`<p id="a">1</p><p id="b">1</p>`), after = page(`<p id="a">1</p><p id="b">2</p>`);
  assert.deepEqual(mend({ ...before }, { ...after }, ["a"]), [["text", "b", "2"], [
    "morph",
    "a",
    `<p id="a">1</p>`,
  ]]);
  assert.deepEqual(mend(before, before, ["a"]), [["morph", "a", `<p id="a">1</p>`]]);
});

Deno.test("mend: an element that is not there, or more than once, in one of the two, leaves no saying", () => {
  const one = `<p id="a">1</p>`, other = `<p>1</p>`;
  for (
    const [before, after] of [[one, other], [other, one], [one + one, one], [one, one + one], [other, other]]
  ) {
    assert.equal(mend(page(before!), page(after!), ["a"]), undefined);
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
        const operations = mend({ ...before }, { ...after }, touched);
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
