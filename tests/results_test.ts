import assert from "node:assert/strict";
import { closingLine, readResults, skippedTests } from "./results.ts";

Deno.test("readResults: the last summary counts, in colours too", () => {
  const output =
    "ok | 9 passed | 0 failed (1s)\n\x1b[31mFAILED\x1b[0m | 3 passed (2 steps) | 1 failed | 4 ignored (2s)\n";
  assert.deepEqual(readResults(output, 1), { passed: 3, failed: 1, skipped: 4 });
});

Deno.test("readResults: a run without a summary is one failure", () => {
  assert.deepEqual(readResults("Check a.ts\n", 1), { passed: 0, failed: 1, skipped: 0 });
});

Deno.test("readResults: a run that fails as a whole has a failure", () => {
  assert.equal(readResults("ok | 3 passed | 0 failed (1s)", 1).failed, 1);
});

Deno.test("closingLine: the skipped are named where there are any", () => {
  assert.equal(closingLine({ passed: 42, failed: 0, skipped: 0 }), "42 passed, 0 failed");
  assert.equal(closingLine({ passed: 42, failed: 1, skipped: 2 }), "42 passed, 1 failed, 2 skipped");
});

Deno.test("skippedTests: titles come with their reason", () => {
  const output = "./x_test.ts => a — skipped: no network ... \x1b[33mignored\x1b[0m (0ms)\n" +
    "./x_test.ts => b ... ok (2ms)\nc ... ignored (0ms)\n";
  assert.deepEqual(skippedTests(output), [
    "./x_test.ts => a — skipped: no network",
    "c — skipped: no reason is given",
  ]);
});
