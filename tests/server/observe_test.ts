import assert from "node:assert/strict";
import { line } from "../../server/observe.ts";

const ESCAPE = "\u001b";

Deno.test("line: time, level, message, and fields that are there", () => {
  assert.match(
    line("info", "called Counter#add", { as: "page", ms: 3, gone: undefined }),
    /^\d{4}-\d\d-\d\dT[\d:.]+Z info called Counter#add as="page" ms=3$/,
  );
});

Deno.test("line: coloured for a terminal, and by us alone", () => {
  const fields = { name: `${ESCAPE}[31mred\n2026 info forged\u2028\u009b31m` };
  for (const level of ["info", "warn", "error"] as const) {
    const bare = line(level, "something", fields), coloured = line(level, "something", fields, true);
    assert.ok(![...bare].some((letter) => letter < " " || /[\u007f-\u009f\u2028]/.test(letter)), bare);
    // Three pieces, each with its end.
    assert.equal(coloured.split(ESCAPE).length, 7);
    assert.ok(coloured.includes(`m${level}${ESCAPE}[0m something`));
  }
});
