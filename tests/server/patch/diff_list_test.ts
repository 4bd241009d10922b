/** Lists of elements with names: what comes, goes and moves is sent as that. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Operation } from "../../../protocol/operations.ts";
import { diff } from "../../../server/patch/diff.ts";
import { patch } from "./_tree.ts";

const item = (name: string, text = name) => `<li id="${name}">${text}</li>`;
const keyed = (key: string, text = key) => `<li data-k="${key}">${text}</li>`;

/** The operations between two lists, in markup around them. */
function between(before: string, after: string, around = ['<main id="m"><ul>', "</ul><p>x</p></main>"]) {
  const page = (items: string) => ({
    head: "",
    body: `<p>${"What stays. ".repeat(50)}</p>${around.join(items)}`,
  });
  return diff(page(before), page(after));
}

/** Lists written as names, with an item for each. */
function lists(before: string, after: string, write = item): Operation[] {
  const all = (names: string) => [...names].map((name) => write(name)).join("");
  return between(all(before), all(after));
}

Deno.test("list: one on top, in the middle, at the end", () => {
  assert.deepEqual(lists("abc", "xabc"), [["before", "a", item("x")]]);
  assert.deepEqual(lists("abc", "abxc"), [["before", "c", item("x")]]);
  assert.deepEqual(lists("abc", "abcxy"), [["after", "c", item("x") + item("y")]]);
});

Deno.test("list: those that go", () => {
  assert.deepEqual(lists("abc", "bc"), [["remove", "a"]]);
  assert.deepEqual(lists("abcde", "ad"), [["remove", "b", "c", "e"]]);
  assert.deepEqual(lists("abc", ""), [["remove", "a", "b", "c"]]);
});

Deno.test("list: another order, as runs of the old one", () => {
  assert.deepEqual(lists("abcdef", "fedcba"), [["order", "a", [5, -6]]]);
  assert.deepEqual(lists("abcdef", "fabcde"), [["order", "a", [5, 1, 0, 5]]]);
  assert.deepEqual(lists("abcdef", "bcdefa"), [["order", "a", [1, 5, 0, 1]]]);
  assert.deepEqual(lists("abcdef", "abdcef"), [["order", "c", [1, -2]]]);
});

Deno.test("list: first what goes, then the order, then what comes, then what changes in what stays", () => {
  const before = ["a", "b", "c", "d"].map((name) => item(name)).join("");
  const after = item("d") + item("x") + item("c", "C") + item("b");
  assert.deepEqual(between(before, after), [
    ["remove", "a"],
    ["order", "b", [2, -3]],
    ["before", "c", item("x")],
    ["text", "c", "C"],
  ]);
});

Deno.test("list: keys are names within the nearest id", () => {
  assert.deepEqual(lists("abc", "xabc", keyed), [["before", ["m", "a"], keyed("x")]]);
  assert.deepEqual(lists("abc", "ca", keyed), [["remove", ["m", "b"]], ["order", ["m", "a"], [1, -2]]]);
  assert.deepEqual(between(keyed("a") + keyed("b"), keyed("a") + keyed("b", "B")), [[
    "text",
    ["m", "b"],
    "B",
  ]]);
});

Deno.test("list: a key without an id around it is looked for in the body", () => {
  const around = ["<main><ul>", "</ul></main>"];
  assert.deepEqual(between(keyed("a"), keyed("a") + keyed("b"), around), [["after", ["", "a"], keyed("b")]]);
});

Deno.test("list: a key that is there twice is no address: what holds the list is sent", () => {
  const around = ['<main id="m"><ul id="u">', `</ul><ul>${keyed("a")}</ul></main>`];
  assert.deepEqual(between(keyed("a"), keyed("b") + keyed("a"), around), [
    ["morph", "u", `<ul id="u">${keyed("b")}${keyed("a")}</ul>`],
  ]);
});

Deno.test("list: the first of an empty one comes with the element that holds it", () => {
  assert.deepEqual(lists("", "a"), [["morph", ["m", 0], `<ul>${item("a")}</ul>`]]);
});

Deno.test("list: what goes from one list to another is sent with both", () => {
  const page = (left: string, right: string) => `<ol>${left}</ol><ol>${right}</ol>`;
  const around = ['<main id="m">', "</main>"];
  const after = page(item("b"), item("a"));
  const operations = between(page(item("a") + item("b"), ""), after, around);
  assert.deepEqual(operations.map(([name]) => name), ["morph", "morph"]);
});

Deno.test("list: an element without a name among the others is sent with what holds them", () => {
  const operations = between(item("a") + item("b"), "<li>x</li>" + item("a") + item("b"));
  assert.deepEqual(operations.map(([name, at]) => [name, at]), [["morph", ["m", 0]]]);
});

Deno.test("list: two texts are not brought together by what went between them", () => {
  const around = ['<main id="m"> ', " </main>"];
  assert.deepEqual(between('<b id="a">x</b>', "", around), [["morph", "m", '<main id="m">  </main>']]);
});

Deno.test("list: rows of a table whose body the parser adds", () => {
  const around = ['<table id="t">', "</table>"];
  const row = (name: string) => `<tr id="${name}"><td>x</td></tr>`;
  assert.deepEqual(between(row("a") + row("b"), row("a") + row("c") + row("b"), around), [[
    "before",
    "b",
    row("c"),
  ]]);
  assert.deepEqual(between(row("a") + row("b"), row("a"), around), [["remove", "b"]]);
  assert.deepEqual(between(row("a"), "", around), [["morph", "t", '<table id="t"></table>']]);
});

Deno.test("list: naming many that go costs more than sending what stays", () => {
  const many = Array.from({ length: 300 }, (_, i) => item(`n${i}`)).join("");
  assert.deepEqual(between(many, item("n0")).map(([name]) => name), ["morph"]);
  assert.deepEqual(between(many, many.slice(item("n0").length)), [["remove", "n0"]]);
});

Deno.test("list: one of a thousand rows, in few bytes", () => {
  const row = (n: number, text = "x".repeat(100)) => item(`row-${n}`, text);
  const rows = Array.from({ length: 1000 }, (_, n) => n);
  const all = rows.map((n) => row(n)).join("");
  const size = (after: string) => JSON.stringify(between(all, after)).length;
  assert.ok(size(all.replace(row(500), row(500, "y"))) < 30);
  assert.ok(size(all.slice(row(0).length)) < 25);
  assert.ok(size(rows.toReversed().map((n) => row(n)).join("")) < 40);
  assert.ok(size(row(1000) + all) < 200);
});

Deno.test("list: whatever stands in it twice, before or after, a patched page is the page", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(..."abcd"), { maxLength: 6 }),
      fc.array(fc.constantFrom(..."abcd"), { maxLength: 6 }),
      fc.constantFrom(item, keyed),
      fc.boolean(),
      (before, after, write, changed) => {
        const page = (names: readonly string[], text: string) => ({
          head: "",
          body: `<p>${"What stays. ".repeat(50)}</p><main id="m"><ul id="u">${
            names.map((name) => write(name, name + text)).join("")
          }</ul><p>x</p></main>`,
        });
        const from = page(before, ""), to = page(after, changed ? "!" : "");
        const operations = diff({ ...from }, { ...to });
        assert.ok(patch(from, to, operations).equal, JSON.stringify(operations));
      },
    ),
    { seed: 41, numRuns: 3000 },
  );
  assert.notDeepEqual(lists("ab", "bab", keyed), [["order", ["m", "a"], [1, -2]]]);
});
