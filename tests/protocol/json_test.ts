import assert from "node:assert/strict";
import { canonicalJson, defaultLimits, parseJson, WireError } from "@argyle/argyle/protocol";
import fc from "fast-check";

const limits = defaultLimits;

Deno.test("parseJson: what JSON.parse reads within the limits is read alike", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
    const text = JSON.stringify(value);
    assert.deepEqual(parseJson(text, limits), JSON.parse(text));
  }));
});

Deno.test("parseJson: any text is a value or a WireError, and no key reaches a prototype", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'[]{}",:\\0a1e-. \n\u2028') }), (text) => {
    try {
      parseJson(text, limits);
    } catch (error) {
      assert.ok(error instanceof WireError && error.code === "malformed");
    }
  }));
  parseJson('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}', limits);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("parseJson: brackets and commas inside strings do not count", () => {
  const text = JSON.stringify(["[".repeat(100), '\\",'.repeat(2000)]);
  assert.deepEqual(parseJson(text, limits), JSON.parse(text));
});

Deno.test("parseJson: one level and one item more than the limits are refused", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  parseJson(deep(limits.depth), limits);
  assert.throws(() => parseJson(deep(limits.depth + 1), limits), /deeper than 32/);
  const wide = (items: number) => `[${Array(items).fill(0)}]`;
  parseJson(wide(limits.keys + 1), limits);
  assert.throws(() => parseJson(wide(limits.keys + 2), limits), /more than 1024/);
});

Deno.test("canonicalJson: equal values have equal texts, whatever the order of their keys", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const turned = JSON.parse(
      JSON.stringify(value),
      (_, item) =>
        item !== null && typeof item === "object" && !Array.isArray(item)
          ? Object.fromEntries(Object.entries(item).reverse())
          : item,
    );
    assert.equal(canonicalJson(turned), canonicalJson(value));
    assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
  }));
});

Deno.test("canonicalJson: different values have different texts", () => {
  const values = [[], {}, null, "", 0, false, [[]], [null], ["a", "b"], ["a,b"], [1], ["1"], { a: 1 }, {
    a: "1",
  }];
  assert.equal(new Set(values.map(canonicalJson)).size, values.length);
  assert.throws(() => canonicalJson([NaN]), TypeError);
});
