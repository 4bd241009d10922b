import assert from "node:assert/strict";
import fc from "fast-check";
import type { Operation } from "../../../protocol/operations.ts";
import { diff } from "../../../server/patch/diff.ts";
import { browse } from "../../browser/chromium.ts";
import { type Change, changes } from "./_pages.ts";

/** What the judge gets for one pair, and what it says. */
interface Case extends Change {
  readonly operations: readonly Operation[];
}
interface Verdict {
  /** The patched page is the page. */
  readonly equal: boolean;
  /** Setting `body` to the new markup makes the new page: not so when the markup takes `</body>` along. */
  readonly possible: boolean;
}

/** Runs in the browser: parses both pages with the real parser, patches the first, compares. */
function judge(cases: readonly Case[]): Verdict[] {
  function parse({ head, body }: Case["before"]): Document {
    const page = `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;
    return new DOMParser().parseFromString(page, "text/html");
  }
  function replace(element: Element | null, html: string): void {
    if (element === null) return; // the comparison will tell
    const range = element.ownerDocument.createRange();
    range.selectNode(element);
    const parsed = range.createContextualFragment(html);
    const context = element.parentNode?.cloneNode(false) as Element;
    context.innerHTML = html;
    if (context.childNodes.length !== 1 || !context.firstChild?.isEqualNode(parsed.firstChild)) {
      throw new Error(`Cannot replace: ${html} is parsed in two ways, or is not one element.`);
    }
    element.replaceWith(parsed);
  }
  return cases.map(({ before, after, operations }) => {
    const page = parse(before), wanted = parse(after);
    for (const [kind, ...rest] of operations) {
      if (kind === "head") page.head.innerHTML = rest[0];
      else if (kind === "body") page.body.innerHTML = rest[0];
      else replace(page.getElementById(rest[0]), rest[1] ?? "");
    }
    const equal = page.documentElement.isEqualNode(wanted.documentElement);
    page.body.innerHTML = after.body;
    page.head.innerHTML = after.head;
    return { equal, possible: page.documentElement.isEqualNode(wanted.documentElement) };
  });
}

browse("diff: in Chromium a patched page is the page, for random pairs", async ({ page }) => {
  // Other seeds and more runs are for a longer search by hand.
  const runs = Number(Deno.env.get("DIFF_RUNS") ?? 400), seed = Number(Deno.env.get("DIFF_SEED") ?? 17);
  const cases = fc.sample(changes({ wild: true }), { seed, numRuns: runs }).map((change): Case => {
    return { ...change, operations: diff(change.before, change.after) };
  });
  const verdicts = await page.evaluate(judge, cases);
  const kinds = { morph: 0, body: 0, split: 0, impossible: 0 };
  cases.forEach((one, index) => {
    const verdict = verdicts[index];
    const morphs = one.operations.filter(([kind]) => kind === "morph").length;
    const isBody = one.operations.some(([kind]) => kind === "body");
    kinds.morph += morphs > 0 ? 1 : 0;
    kinds.split += morphs > 1 ? 1 : 0;
    kinds.body += isBody ? 1 : 0;
    if (isBody && verdict?.possible === false) kinds.impossible++;
    else assert.ok(verdict?.equal, `patched is not parsed: ${JSON.stringify(one, null, 1)}`);
  });
  if (Deno.env.get("DIFF_RUNS")) {
    Deno.stderr.writeSync(new TextEncoder().encode(JSON.stringify(kinds) + "\n"));
  }
  assert.ok(
    kinds.morph > runs / 7 && kinds.split > runs / 20,
    `too few pairs are morphs: ${JSON.stringify(kinds)}`,
  );
});
