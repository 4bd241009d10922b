import assert from "node:assert/strict";
import fc from "fast-check";
import { FormReader, implicitInput } from "../../../server/reflex/element.ts";
import { Untrusted, UntrustedError } from "../../../server/reflex/untrusted.ts";

type Fields = [string, string][];

const nested = (...f: Fields) => new FormReader({ f }).nested();
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UntrustedError);
    return error.message;
  }
  return "nothing";
};

Deno.test("Untrusted.bool: yes, no, and what is neither", () => {
  for (const yes of ["true", "on", "1", "YES"]) assert.equal(new Untrusted("x", yes).bool(), true);
  for (const no of ["false", "off", "0", "No", "", undefined]) {
    assert.equal(new Untrusted("x", no).bool(), false);
  }
  assert.equal(refusal(() => new Untrusted("x", "maybe").bool()), "x is not yes or no.");
});

Deno.test("nested: groups, lists and lists of groups, as their names say", () => {
  assert.deepEqual(
    nested(
      ["title", "Tea"],
      ["order[address][city]", "Bonn"],
      ["order[address][zip]", ""],
      ["order[note]", " x "],
      ["tags[]", "a"],
      ["tags[]", ""],
      ["deep[list][]", "1"],
      ["lines[][title]", "A"],
      ["lines[][price]", "1"],
      ["lines[][title]", "B"],
      ["lines[][at][city]", "Ulm"],
      ["file", "a.txt"],
    ),
    {
      title: "Tea",
      order: { address: { city: "Bonn", zip: "" }, note: " x " },
      tags: ["a", ""],
      deep: { list: ["1"] },
      lines: [{ title: "A", price: "1" }, { title: "B", at: { city: "Ulm" } }],
      file: "a.txt",
    },
  );
});

Deno.test("nested: a list of one is a list, and a name that comes twice is one", () => {
  assert.deepEqual(nested(["tags[]", "a"]), { tags: ["a"] });
  assert.deepEqual(nested(["tag", "a"], ["tag", "b"], ["g[tag]", "c"], ["g[tag]", "d"]), {
    tag: ["a", "b"],
    g: { tag: ["c", "d"] },
  });
});

Deno.test("nested: what is not written like a way is a name", () => {
  assert.deepEqual(nested(["a[b", "1"], ["[c]", "2"], ["d]e", "3"], ["f[g]h", "4"], ["", "5"]), {
    "a[b": "1",
    "[c]": "2",
    "d]e": "3",
    "f[g]h": "4",
    "": "5",
  });
});

Deno.test("nested: a group where another name has made a value is refused, either way round", () => {
  for (
    const fields of [
      [["a", "1"], ["a[b]", "2"]],
      [["a[b]", "2"], ["a", "1"]],
      [["a[]", "1"], ["a[b]", "2"]],
      [["a[b]", "1"], ["a[]", "2"]],
      [["a[]", "1"], ["a[][b]", "2"]],
    ] as Fields[]
  ) {
    assert.match(
      refusal(() => nested(...fields)),
      /is a value here and a group there/,
      JSON.stringify(fields),
    );
  }
});

Deno.test("nested: names that JavaScript gives a meaning to are refused, at any step", () => {
  for (const name of ["__proto__", "a[__proto__][x]", "constructor[prototype][x]", "a[][prototype]"]) {
    assert.equal(refusal(() => nested([name, "1"])), `${name} is no name for a field.`);
  }
});

Deno.test("nested: as many steps as the limit, and not one more", () => {
  const reader = (steps: number) => new FormReader({ f: [["a" + "[b]".repeat(steps - 1), "1"]] }, 4);
  assert.deepEqual(reader(4).nested(), { a: { b: { b: { b: "1" } } } });
  assert.match(refusal(() => reader(5).nested()), /has more than 4 steps/);
});

Deno.test("nested: whatever comes is JSON or a refusal, and no prototype has a new key", () => {
  const before = Reflect.ownKeys(Object.prototype).length;
  const step = fc.constantFrom("a", "b", "", "0", "__proto__", "constructor", "toString", "]", "[");
  const name = fc.tuple(step, fc.array(step, { maxLength: 4 })).map(([first, rest]) =>
    first + rest.map((step) => `[${step}]`).join("")
  );
  fc.assert(fc.property(fc.array(fc.tuple(name, fc.string()), { maxLength: 8 }), (f) => {
    for (const read of [() => nested(...f), () => implicitInput({ f }, 32)]) {
      try {
        const value = read();
        assert.deepEqual(JSON.parse(JSON.stringify(value)), value);
      } catch (error) {
        if (!(error instanceof UntrustedError)) throw error;
      }
    }
    assert.equal(Reflect.ownKeys(Object.prototype).length, before);
  }));
});

Deno.test("implicitInput: nested names too; a plain name that comes twice stays a list", () => {
  const f: Fields = [["a[b]", "1"], ["tags[]", "x"], ["color", "r"], ["color", "g"], [
    "a[constructor]",
    "evil",
  ]];
  assert.deepEqual(implicitInput({ f }, 32), { a: { b: "1" }, tags: ["x"], color: ["r", "g"] });
});

Deno.test("implicitInput: an element with a nested name stands in its group, and its form says the same once", () => {
  const a = { name: "user[mail]" };
  assert.deepEqual(implicitInput({ a, v: "x@y" }, 32), { user: { mail: "x@y" } });
  assert.deepEqual(implicitInput({ a, v: "x@y", f: [["user[mail]", "x@y"]] }, 32), { user: { mail: "x@y" } });
  assert.deepEqual(implicitInput({ a: { name: "tags[]" }, m: ["1", "2"] }, 32), { tags: ["1", "2"] });
  assert.deepEqual(implicitInput({ a: { name: "tags[]", value: "1" }, c: false, f: [["tags[]", "2"]] }, 32), {
    tags: ["2"],
  });
});
