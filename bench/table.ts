// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Turns the bench's lines into a table for `README.md`: `deno run -A bench/table.ts < lines.jsonl`.
 *
 * @module
 */

import { amount, withUnit } from "./amount.ts";
import type { Environment } from "./environment.ts";
import type { Line } from "./line.ts";

/** Lines of JSON as Markdown. @throws SyntaxError for a line that is not JSON */
export function toMarkdown(text: string): string {
  const lines: (Line | Environment)[] = text.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const chromium = text.match(/Chromium [\d.]+, clock step [^"]*/)?.[0];
  const titles = lines.filter((line) => "bench" in line)
    .map(({ bench, commit, cores, deno, rounds, load }) =>
      [
        bench.slice(0, 10),
        ...commit === undefined ? [] : [`commit ${commit}`],
        `${cores} cores`,
        `Deno ${deno}`,
        ...chromium === undefined ? [] : [chromium],
        `${rounds} rounds`,
        `load ${load} at the start`,
      ].join(", ")
    );
  const measures = lines.filter((line) => "measure" in line);
  return `${titles.join("; ")}:

| measure | store | median | min … max | floor | ratio (quartiles) | target | verdict |
| --- | --- | --- | --- | --- | --- | --- | --- |
${measures.map(row).join("\n")}
`;
}

function row(line: Line): string {
  const { measure, store = "", unit, median, min, max, verdict = "" } = line;
  const spread = min === max ? "" : `${amount(min, unit)} … ${amount(max, unit)}`;
  const cells = [
    measure,
    store,
    withUnit(median, unit),
    spread,
    floorOf(line),
    ratioOf(line),
    targetOf(line),
    verdict,
  ];
  return `| ${cells.join(" | ")} |`;
}

function floorOf({ above, floor }: Line): string {
  return [...above === undefined ? [] : [`above ${above}`], ...floor === undefined ? [] : [floor]].join("; ");
}

function ratioOf({ ratio, ratio_low: low = NaN, ratio_high: high = NaN }: Line): string {
  return ratio === undefined ? "" : `${amount(ratio)} (${amount(low)} … ${amount(high)})`;
}

function targetOf({ target, bound, floor, unit }: Line): string {
  if (target === undefined) return "";
  const figure = floor === undefined ? amount(target, unit) : amount(target);
  return bound === undefined ? figure : `${bound} ${figure}`;
}

if (import.meta.main) console.log(toMarkdown(await new Response(Deno.stdin.readable).text()));
