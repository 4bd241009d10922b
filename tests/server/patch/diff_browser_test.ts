import assert from "node:assert/strict";
import fc from "fast-check";
import { diff } from "../../../server/patch/diff.ts";
import { browse } from "../../browser/chromium.ts";
import { type Case, judge } from "./_judge.ts";
import { changes } from "./_pages.ts";

browse("diff: in Chromium a patched page is the page, for random pairs", async ({ page }) => {
  // Other seeds and more runs are for a longer search by hand.
  const runs = Number(Deno.env.get("DIFF_RUNS") ?? 1000), seed = Number(Deno.env.get("DIFF_SEED") ?? 17);
  const cases = fc.sample(changes({ wild: true }), { seed, numRuns: runs }).map(({ before, after }): Case => {
    return { before, after, operations: diff({ ...before }, { ...after }) as Case["operations"] };
  });
  const verdicts = await page.evaluate(judge, cases);
  const kinds = new Map<string, number>();
  cases.forEach((one, index) => {
    const verdict = verdicts[index];
    const isBody = one.operations.some(([kind]) => kind === "body");
    for (const kind of new Set(one.operations.map(([kind]) => kind))) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    if (isBody && verdict?.possible === false) return;
    assert.ok(verdict?.equal, `patched is not parsed: ${JSON.stringify({ ...one, ...verdict }, null, 1)}`);
  });
  const told = JSON.stringify(Object.fromEntries(kinds));
  if (Deno.env.get("DIFF_RUNS")) Deno.stderr.writeSync(new TextEncoder().encode(`${told}\n`));
  for (const kind of ["morph", "text", "attributes", "before", "remove", "order"]) {
    assert.ok((kinds.get(kind) ?? 0) > runs / 200, `too few operations of a kind: ${told}`);
  }
});
