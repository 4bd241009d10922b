import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "@argyle/argyle/testing";
import { Bucket } from "../../../server/socket/bucket.ts";
import { Buckets } from "../../../server/socket/buckets.ts";

Deno.test("Buckets: so many at once, then one in a while; who asks in vain loses nothing", () => {
  const clock = new FakeClock(), buckets = new Buckets({ every: 1000, burst: 3 }, clock);
  assert.deepEqual([1, 2, 3].map(() => buckets.take("a")), [0, 0, 0]);
  assert.equal(buckets.take("a"), 1000);
  assert.equal(buckets.take("b"), 0);
  clock.turn(400);
  for (let i = 0; i < 10; i++) assert.equal(buckets.take("a"), 600);
  clock.turn(600);
  assert.equal(buckets.take("a"), 0);
  assert.equal(buckets.take("a"), 1000);
  clock.turn(60_000);
  assert.deepEqual([1, 2, 3, 4].map(() => buckets.take("a") > 0), [false, false, false, true]);
});

Deno.test("Buckets: each is a bucket as the other class has it", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.constantFrom("a", "b", "c")));
  fc.assert(fc.property(steps, (steps) => {
    const clock = new FakeClock(), buckets = new Buckets({ every: 500, burst: 4 }, clock);
    const other = new Map(["a", "b", "c"].map((name) => [name, new Bucket(2, 4, clock)]));
    for (const [ms, name] of steps) {
      clock.turn(ms);
      assert.equal(buckets.take(name) === 0, other.get(name)!.take());
    }
  }));
});

Deno.test("Buckets: what is full again is forgotten, and never more than so many are kept", () => {
  const clock = new FakeClock(), buckets = new Buckets({ every: 1000, burst: 2 }, clock);
  for (let i = 0; i < 50_000; i++) buckets.take(`a${i}`);
  assert.ok(buckets.size <= 20_001, String(buckets.size));
  clock.turn(1000);
  for (let i = 0; i < 10_000; i++) buckets.take(`b${i}`);
  assert.ok(buckets.size <= 10_000, String(buckets.size));
});
