import assert from "node:assert/strict";
import fc from "fast-check";
import { Seen } from "../../../server/bus/_seen.ts";

Deno.test("seen: whatever the order, each number of each isolate is new once", () => {
  fc.assert(fc.property(
    fc.array(
      fc.record({ isolate: fc.constantFrom("a", "b", "c"), number: fc.integer({ min: 1, max: 4000 }) }),
    ),
    (messages) => {
      const seen = new Seen(), truth = new Set<string>();
      for (const { isolate, number } of messages) {
        const key = `${isolate} ${number}`;
        assert.equal(seen.add(isolate, number), !truth.has(key), key);
        truth.add(key);
      }
    },
  ));
});

Deno.test("seen: what is far behind an isolate's newest is not new; what waited for the bus is", () => {
  const seen = new Seen();
  for (let number = 1; number <= 10_000; number++) if (number !== 7000) assert.ok(seen.add("a", number));
  assert.ok(seen.add("a", 7000));
  assert.ok(!seen.add("a", 7000));
  for (const number of [1, 5000, 5904]) assert.ok(!seen.add("a", number));
  assert.ok(seen.add("b", 1));
});
