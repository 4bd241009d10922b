import assert from "node:assert/strict";
import fc from "fast-check";
import { diff } from "../../../server/patch/diff.ts";
import { narrow } from "../../../server/patch/narrow.ts";
import { changes } from "./_pages.ts";
import { isGrafted, patch } from "./_tree.ts";

const page = (body: string, head = "") => ({ head, body });

Deno.test("narrow: the named elements are the new ones, all else is as it was", () => {
  const before = page(`<i>1</i><p id="a">1</p><p id="b">1</p><p id="c">1</p>`, "<title>1</title>");
  const after = page(`<p id="c" title="2">2</p><p id="b">2</p><b>2</b><p id="a">2</p>`, "<title>2</title>");
  assert.deepEqual(
    narrow(before, after, ["c", "a", "a"]),
    page(`<i>1</i><p id="a">2</p><p id="b">1</p><p id="c" title="2">2</p>`, "<title>1</title>"),
  );
});

Deno.test("narrow: what lies in another named element comes with it", () => {
  const before = page(`<div id="a"><p id="b">1</p></div><i>1</i>`);
  const after = page(`<div id="a"><b>2</b><p id="b">2</p></div><i>2</i>`);
  const wanted = page(`<div id="a"><b>2</b><p id="b">2</p></div><i>1</i>`);
  assert.deepEqual(narrow(before, after, ["a", "b"]), wanted);
  assert.deepEqual(narrow(before, after, ["b", "a"]), wanted);
});

Deno.test("narrow: where there is no saying what the page would be, there is no page", () => {
  const one = `<p id="a">1</p>`;
  const cases: [before: string, after: string, ids: string[]][] = [
    [one, `<p>1</p>`, ["a"]],
    [`<p>1</p>`, one, ["a"]],
    [one + one, one, ["a"]],
    [one, one + one, ["a"]],
    [one, one, ["a", "b"]],
    [one, `<p id="&#97;">1</p>`, ["a"]],
    // Only one of the two would hold the other.
    [`<p id="a"></p><p id="b"></p>`, `<div id="a"><p id="b"></p></div>`, ["a", "b"]],
    [`<div id="a"><p id="b"></p></div>`, `<div id="a"></div><p id="b"></p>`, ["a", "b"]],
    // A parser closes a paragraph before a block, and drops a cell outside a table.
    [`<p><i id="a"></i></p>`, `<div id="a"></div>`, ["a"]],
    [`<p><i id="a"></i></p>`, `<table><tbody><tr><td id="a"></td></tr></tbody></table>`, ["a"]],
    // It is never closed.
    [`<div id="a"><p>`, `<div id="a"></div>`, ["a"]],
  ];
  for (const [before, after, ids] of cases) {
    assert.equal(narrow(page(before), page(after), ids), undefined, before + after);
  }
});

Deno.test("narrow: the page is the old one with the new elements in it, and patches lead there", () => {
  let narrowed = 0, differ = 0;
  fc.assert(
    fc.property(
      fc.oneof(changes({ wild: false }), changes({ wild: true })),
      fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
      ({ before, after }, picks) => {
        const ids = [...before.body.matchAll(/ id="([^"&]+)"/g)].map(([, id]) => id!);
        if (ids.length === 0) return;
        const roots = new Set(picks.map((pick) => ids[pick % ids.length]!));
        const next = narrow(before, after, roots);
        if (next === undefined) return;
        narrowed++;
        if (next.body !== before.body && next.body !== after.body) differ++;
        assert.ok(isGrafted(next, before, after, roots), JSON.stringify(next));
        const operations = diff({ ...before }, { ...next });
        const { equal, possible } = patch(before, next, operations);
        if (possible || !operations.some(([kind]) => kind === "body")) {
          assert.ok(equal, JSON.stringify(operations));
        }
      },
    ),
    { seed: 37, numRuns: Number(Deno.env.get("DIFF_RUNS") ?? 3000) },
  );
  assert.ok(narrowed > 500 && differ > 100, `${narrowed} narrowed, ${differ} of them differ from both`);
});
