import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import { PageText } from "../../../server/page/page_text.ts";
import { Resting } from "../../../server/page/resting.ts";

Deno.test("PageText: comes back as it was, whatever it was", () => {
  const unit = fc.constantFrom("grapheme", "binary", "grapheme-ascii") as fc.Arbitrary<"grapheme">;
  fc.assert(fc.property(unit.chain((unit) => fc.string({ unit })), (written) => {
    const text = new PageText(written);
    text.rest();
    text.rest();
    assert.equal(text.value, written);
    assert.equal(text.value.length, text.length);
  }));
  for (const odd of ["\ud800", "a\udc00€", "\ufeff€", "€\0"]) {
    const text = new PageText(odd);
    text.rest();
    assert.equal(text.value, odd);
  }
});

Deno.test("Resting: what is not used for a second rests, with one timer for all and none for nobody", () => {
  const clock = new FakeClock(), resting = new Resting(clock), rested: string[] = [];
  const view = (name: string) => ({ rest: () => void rested.push(name) });
  const a = view("a"), b = view("b"), c = view("c");
  resting.used(a);
  clock.turn(500);
  for (const one of [b, c]) resting.used(one);
  assert.equal(clock.waiting, 1);
  clock.turn(400);
  resting.used(b);
  clock.turn(100);
  assert.deepEqual(rested, ["a"]);
  clock.turn(500);
  assert.deepEqual(rested, ["a", "c"]);
  clock.turn(400);
  assert.deepEqual(rested, ["a", "c", "b"]);
  assert.equal(clock.waiting, 0);
  resting.used(a);
  resting.leave(a);
  resting.leave(a);
  assert.equal(clock.waiting, 0);
  clock.turn(5000);
  assert.equal(rested.length, 3);
});

Deno.test("Resting: many do not rest all at once", () => {
  const clock = new FakeClock(), resting = new Resting(clock);
  let rested = 0;
  for (let n = 0; n < 50; n++) resting.used({ rest: () => void rested++ });
  clock.turn(1000);
  assert.equal(rested, 20);
  clock.turn(1);
  assert.equal(rested, 40);
  clock.turn(1);
  assert.equal(rested, 50);
  assert.equal(clock.waiting, 0);
});
