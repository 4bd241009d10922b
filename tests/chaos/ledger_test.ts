import assert from "node:assert/strict";
import * as fc from "fast-check";
import { clickName, clicksOf, hasClick, type Ledger, note, readClick, total } from "./ledger.ts";

const clicks = fc.array(fc.tuple(fc.constantFrom("p0-a", "p0-b"), fc.integer({ min: 1, max: 20 })), {
  maxLength: 60,
})
  .map((list) => list.map(([tab, n]) => clickName(tab, n)));

Deno.test("ledger: whatever comes, in whatever order, it knows what has come and how often", () => {
  fc.assert(fc.property(clicks, (names) => {
    const ledger = names.reduce(note, {} as Ledger);
    assert.deepEqual(clicksOf(ledger).sort(), names.toSorted());
    assert.equal(total(ledger), names.length);
    for (let n = 1; n <= 21; n++) {
      assert.equal(hasClick(ledger, clickName("p0-a", n)), names.includes(clickName("p0-a", n)));
    }
  }));
});

Deno.test("ledger: what comes in order is one run, however long", () => {
  let ledger: Ledger = {};
  for (let n = 1; n <= 1000; n++) ledger = note(ledger, clickName("p1-a", n));
  assert.deepEqual(ledger, { "p1-a": { runs: [[1, 1000]], again: [] } });
});

Deno.test("ledger: what names no click is refused", () => {
  for (const name of ["", "p0-a", "p0-a:0", "p0-a:01", "p0 a:1", "p0-a:1:2", "__proto__:1"]) {
    assert.throws(() => readClick(name), RangeError);
  }
});
