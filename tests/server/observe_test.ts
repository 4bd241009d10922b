import assert from "node:assert/strict";
import { line } from "../../server/observe.ts";

const plain = (text: string) => text.replace(/\x1b\[\d+m/g, "");

Deno.test("line: time, level, message, and fields that are there", () => {
  assert.match(
    line("info", "called Counter#add", { as: "page", ms: 3, gone: undefined }),
    /^\d{4}-\d\d-\d\dT[\d:.]+Z info called Counter#add as="page" ms=3$/,
  );
});

Deno.test("line: coloured for a terminal, the same text; what a stranger has written colours nothing", () => {
  for (const level of ["info", "warn", "error"] as const) {
    const fields = { name: "\x1b[31mred\n2026 info forged\u2028\x9b31m" };
    const coloured = line(level, "something", fields, true), bare = line(level, "something", fields);
    assert.match(coloured, /^\x1b\[2m.*\x1b\[3[136]m(info|warn|error)\x1b\[0m something/);
    assert.equal(plain(coloured).slice(24), bare.slice(24));
    assert.doesNotMatch(bare, /[\x00-\x1f\x7f-\x9f\u2028]/);
  }
});
