import assert from "node:assert/strict";
import fc from "fast-check";
import { diff } from "../../../server/patch/diff.ts";
import { changes } from "./_pages.ts";
import { patch } from "./_tree.ts";

const texts = fc.constantFrom(
  ..."x|y|12||a&amp;b|&lt;|&copy;|&#39;|\r|\0|\n| |é€|<b>x</b>|<b>|</p>|<!--c-->|<i>q</i>".split("|"),
  "long ".repeat(50),
);

Deno.test("diff: a text that changes again and again is patched as if nothing were known of it", () => {
  let again = 0;
  fc.assert(
    fc.property(
      fc.oneof(changes({ wild: false }), changes({ wild: true })),
      fc.nat(), // which text
      fc.array(fc.tuple(texts, fc.nat(9), fc.nat()), { minLength: 3, maxLength: 8 }),
      ({ before, after }, at, steps) => {
        const places = (body: string) => [...body.matchAll(/>([^<]*)</g)].map((match) => match.index + 1);
        let page = { ...before }, which = at;
        let isFirst = true;
        for (const [text, turn, other] of steps) {
          if (turn === 0) which = other; // now and then another text
          let body = turn === 1 ? after.body : page.body;
          const all = places(body), from = all[which % Math.max(1, all.length)] ?? 0;
          body = body.slice(0, from) + text + body.slice(Math.max(from, body.indexOf("<", from)));
          const next = { head: turn === 2 ? after.head : page.head, body };
          const operations = diff(page, next), fresh = diff({ ...page }, { ...next });
          assert.deepEqual(operations, fresh, JSON.stringify([page, next]));
          if (!isFirst && operations.length === 1 && operations[0]![0] === "text") again++;
          const { equal, possible } = patch(page, next, operations);
          if (possible || !operations.some(([kind]) => kind === "body")) assert.ok(equal);
          page = next;
          isFirst = false;
        }
      },
    ),
    { seed: 31, numRuns: Number(Deno.env.get("DIFF_RUNS") ?? 1000) },
  );
  assert.ok(again > 200, `too few texts again: ${again}`);
});
