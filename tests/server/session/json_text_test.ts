import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonText } from "../../../server/session/json_text.ts";

Deno.test("jsonText: any JSON value is its JSON", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    // JSON has no minus zero: it would come back as another number, so it is left to JSON.stringify to write 0.
    assert.equal(jsonText(value, "x"), JSON.stringify(value));
  }));
});

Deno.test("jsonText: what JSON would change silently is an error that names the way to it", () => {
  const loop: Record<string, unknown> = {};
  loop.self = { loop };
  class Money {
    cents = 1;
  }
  const bad: [unknown, RegExp][] = [
    [NaN, /Cannot keep x: it is NaN/],
    [{ a: [1, Infinity] }, /x\.a\[1\]: it is Infinity/],
    [{ a: { b: 1n } }, /x\.a\.b: it is a bigint/],
    [[() => 1], /x\[0\]: it is a function/],
    [{ s: Symbol() }, /x\.s: it is a symbol/],
    [{ m: new Map([[1, 2]]) }, /x\.m: it is a Map/],
    [new Set(), /x: it is a Set/],
    [{ price: new Money() }, /x\.price: it is a Money/],
    [loop, /x\.self\.loop: it contains itself/],
  ];
  for (const [value, message] of bad) assert.throws(() => jsonText(value, "x"), message);
});

Deno.test("jsonText: the same object twice is no cycle; undefined is dropped; a date is its text", () => {
  const shared = { a: 1 };
  assert.equal(jsonText({ one: shared, two: shared, none: undefined }, "x"), '{"one":{"a":1},"two":{"a":1}}');
  assert.equal(jsonText({ at: new Date(0) }, "x"), '{"at":"1970-01-01T00:00:00.000Z"}');
});
