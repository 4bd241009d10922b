// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Turns the bench's lines into a table for `README.md`: `deno run -A bench/table.ts < lines.jsonl`.
 *
 * @module
 */

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
  const { measure, store = "", median, min, max, floor = "", target = "", verdict = "" } = line;
  const spread = min === max ? "" : `${amount(min, line)} … ${amount(max, line)}`;
  const { ratio, ratio_low: low, ratio_high: high } = line;
  const held = ratio === undefined ? "" : `${short(ratio)} (${short(low)} … ${short(high)})`;
  const cells = [
    measure,
    store,
    `${amount(median, line)} ${line.unit}`,
    spread,
    floor,
    held,
    typeof target === "number" && line.unit === "bytes" ? amount(target, line) : target,
    verdict,
  ];
  return `| ${cells.join(" | ")} |`;
}

function amount(value: number, { unit }: Line): string {
  return unit === "bytes" ? value.toLocaleString("en") : short(value);
}

function short(value: number | undefined): string {
  return String(Number(value?.toPrecision(3)));
}

if (import.meta.main) console.log(toMarkdown(await new Response(Deno.stdin.readable).text()));
