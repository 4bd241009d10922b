import assert from "node:assert/strict";
import { namesByContent } from "../../islands/bundle_hash.ts";

Deno.test("bundle names: follow from contents, not from the names before", () => {
  const at = (one: string, two: string, word = "x") =>
    namesByContent(
      new Map([
        [`a-${one}.js`, `import{b}from"./chunk-${two}.js";b("${word}")`],
        [`chunk-${two}.js`, `export const b=()=>import("./a-${one}.js")`],
      ]),
    );
  const here = at("AAAAAAAA", "BBBBBBBB"), there = at("CCCCCCCC", "DDDDDDDD");
  assert.deepEqual([...here.values()], [...there.values()]);
  assert.match(here.get("a-AAAAAAAA.js")!, /^a-[0-9a-f]{12}\.js$/);
  // A change of one is a change of whatever imports it: its name stands there.
  const other = at("AAAAAAAA", "BBBBBBBB", "y");
  assert.ok([...here].every(([name, hashed]) => other.get(name) !== hashed));
});

Deno.test("bundle names: what does not import a file keeps its name when that changes", () => {
  const at = (word: string) =>
    namesByContent(
      new Map([
        ["a-AAAAAAAA.js", `import"./chunk-BBBBBBBB.js";"${word}"`],
        ["c-CCCCCCCC.js", 'import"./chunk-BBBBBBBB.js"'],
        ["chunk-BBBBBBBB.js", "1"],
      ]),
    );
  const [before, after] = [at("x"), at("y")];
  assert.notEqual(before.get("a-AAAAAAAA.js"), after.get("a-AAAAAAAA.js"));
  assert.equal(before.get("c-CCCCCCCC.js"), after.get("c-CCCCCCCC.js"));
  assert.equal(before.get("chunk-BBBBBBBB.js"), after.get("chunk-BBBBBBBB.js"));
});

Deno.test("bundle names: to import the same files the other way round is another content", () => {
  const at = (one: string, two: string) =>
    namesByContent(
      new Map([
        ["a-AAAAAAAA.js", `x?import("./chunk-${one}.js"):import("./chunk-${two}.js")`],
        ["chunk-BBBBBBBB.js", "1"],
        ["chunk-CCCCCCCC.js", "2"],
      ]),
    );
  const here = at("BBBBBBBB", "CCCCCCCC"), other = at("CCCCCCCC", "BBBBBBBB");
  assert.notEqual(here.get("a-AAAAAAAA.js"), other.get("a-AAAAAAAA.js"));
  assert.equal(here.get("chunk-BBBBBBBB.js"), other.get("chunk-BBBBBBBB.js"));
});
