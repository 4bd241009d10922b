import assert from "node:assert/strict";
import {
  type ClientFrame,
  defaultLimits,
  readClientFrame,
  readServerFrame,
  writeFrame,
} from "@argyle/argyle/protocol";
import fc from "fast-check";

const text = fc.string({ unit: "grapheme", maxLength: 20 });

const element = fc.record({
  a: fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true }),
  v: text,
  c: fc.boolean(),
  m: fc.array(text, { maxLength: 3 }),
  f: fc.array(fc.tuple(text, text), { maxLength: 5 }),
  r: fc.array(text, { maxLength: 16 }),
}, { requiredKeys: [] });

const count = fc.nat();

const frame: fc.Arbitrary<ClientFrame> = fc.oneof(
  fc.tuple(fc.constant("hello" as const), count, text, count),
  fc.tuple(
    fc.constant("call" as const),
    fc.integer({ min: 1 }),
    count,
    fc.constantFrom("Counter#increment", "A.B$#c_1"),
    fc.array(fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<null>, { maxLength: 4 }),
    element,
  ),
  fc.constant(["ping"] as const),
  fc.tuple(
    fc.constant("visit" as const),
    fc.integer({ min: 1 }),
    fc.constantFrom("/", "/orders?page=2", "/%20é"),
  ),
  fc.tuple(
    fc.constant("visit" as const),
    fc.integer({ min: 1 }),
    fc.constantFrom("/", "/a/b"),
    fc.constant(1 as const),
  ),
  fc.tuple(fc.constant("shown" as const), fc.integer({ min: 1 })),
);

Deno.test("codec: every frame of a browser is read as it was written", () => {
  fc.assert(fc.property(frame, (frame) => {
    assert.deepEqual(readClientFrame(writeFrame(frame), defaultLimits), JSON.parse(JSON.stringify(frame)));
  }));
});

Deno.test("codec: the id of a page that is shown is a whole number above 0", () => {
  for (const text of ['["shown"]', '["shown",0]', '["shown",1.5]', '["shown","1"]']) {
    assert.throws(() => readClientFrame(text, defaultLimits), { code: "malformed" }, text);
  }
});

Deno.test("codec: arguments and element may be left out at the end", () => {
  assert.deepEqual(readClientFrame('["call",1,0,"A#b"]', defaultLimits), ["call", 1, 0, "A#b", [], {}]);
  assert.equal(writeFrame(["done", 3, undefined]), '["done",3]');
  assert.equal(writeFrame(["error", 3, "failed", "Why", undefined]), '["error",3,"failed","Why"]');
});

Deno.test("codec: null in the place of arguments or element is not left out", () => {
  for (const text of ['["call",1,0,"A#b",null]', '["call",1,0,"A#b",[],null]', '["call",1,0,null]']) {
    assert.throws(() => readClientFrame(text, defaultLimits), { name: "WireError", code: "malformed", n: 1 });
  }
});

Deno.test("codec: roots are a short list of strings", () => {
  for (const r of ["list", [1], {}, null, Array.from({ length: 17 }, () => "list")]) {
    const text = JSON.stringify(["call", 1, 0, "A#b", [], { r }]);
    assert.throws(() => readClientFrame(text, defaultLimits), { name: "WireError", code: "malformed", n: 1 });
  }
});

Deno.test("codec: what a mutated frame is, is decided without a crash", () => {
  fc.assert(fc.property(frame, fc.nat(), fc.constantFrom(...'[]{}",:0ax\\'), (frame, at, letter) => {
    const text = writeFrame(frame);
    const place = at % text.length;
    try {
      readClientFrame(text.slice(0, place) + letter + text.slice(place + 1), defaultLimits);
    } catch (error) {
      assert.equal((error as Error).name, "WireError");
    }
  }));
});

Deno.test("codec: what is not a frame of a server is an error", () => {
  for (const text of ["{}", "[]", "[1]", "null", '"patch"']) {
    assert.throws(() => readServerFrame(text), TypeError);
  }
  assert.throws(() => readServerFrame("{"), SyntaxError);
});
