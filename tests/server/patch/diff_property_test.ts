import assert from "node:assert/strict";
import fc from "fast-check";
import { diff } from "../../../server/patch/diff.ts";
import { changes, islandChanges } from "./_pages.ts";
import { patch, patchAround } from "./_tree.ts";

Deno.test("diff: a patched page is the page, for ten thousand random pairs", () => {
  const numRuns = Number(Deno.env.get("DIFF_RUNS") ?? 10_000), seed = Number(Deno.env.get("DIFF_SEED") ?? 23);
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(fc.oneof(changes({ wild: false }), changes({ wild: true })), ({ before, after }) => {
      const operations = diff({ ...before }, { ...after });
      for (const [kind] of operations) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const { equal, possible, error } = patch(before, after, operations);
      if (!possible && operations.some(([kind]) => kind === "body")) return;
      assert.ok(equal, `patched is not parsed: ${String(error)} ${JSON.stringify(operations)}`);
    }),
    { seed, numRuns },
  );
  for (const kind of ["morph", "text", "attributes", "before", "after", "remove", "order"]) {
    assert.ok(
      (kinds.get(kind) ?? 0) > numRuns / 100,
      `too few operations of a kind: ${JSON.stringify([...kinds])}`,
    );
  }
});

Deno.test("diff: from render to render, what is known of the one before it is never wrong", () => {
  fc.assert(
    fc.property(
      fc.array(changes({ wild: false }), { minLength: 1, maxLength: 2 }),
      fc.nat(3),
      (pairs, turns) => {
        // There and back again, and on to another page: each diff goes on from what the last one has left.
        const pages = pairs.flatMap(({ before, after }) =>
          Array.from({ length: turns + 1 }, () => [before, after])
        ).flat();
        let last = { ...pages[0]! };
        for (const page of pages) {
          const next = { ...page };
          const operations = diff(last, next);
          const fresh = diff({ ...last }, { ...page });
          assert.deepEqual(operations, fresh);
          last = next;
        }
      },
    ),
    { seed: 29, numRuns: 500 },
  );
});

Deno.test("diff: what islands show is left alone, and all else of a patched page is the page", () => {
  const numRuns = Number(Deno.env.get("DIFF_RUNS") ?? 3000), seed = Number(Deno.env.get("DIFF_SEED") ?? 31);
  let all = 0, bodies = 0;
  fc.assert(
    fc.property(fc.array(islandChanges(), { minLength: 1, maxLength: 1 }), fc.nat(2), (pairs, turns) => {
      // There and back again: each diff goes on from what the last one has left.
      const [{ before, after }] = pairs as [{ before: Page; after: Page }];
      const pages = Array.from({ length: turns + 2 }, (_, i) => ({ ...(i % 2 === 0 ? before : after) }));
      for (const [i, next] of pages.entries()) {
        const last = pages[i - 1];
        if (last === undefined) continue;
        const operations = diff(last, next);
        all++;
        if (operations.some(([kind]) => kind === "body")) bodies++;
        assert.deepEqual(diff({ ...last }, { ...next }), operations);
        const { equal, error } = patchAround(last, next, operations);
        assert.ok(equal, `patched is not parsed: ${String(error)} ${JSON.stringify(operations)}`);
      }
    }),
    { seed, numRuns },
  );
  assert.ok(bodies < all / 2, `${bodies} of ${all} pages were sent whole`);
});

type Page = { readonly head: string; readonly body: string };
