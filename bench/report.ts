/**
 * A comparison as a person reads it.
 *
 * @module
 */

import { amount, withUnit } from "./amount.ts";
import { type Change, compare, type Figure, type Outcome, warnings } from "./comparison.ts";
import type { Recording } from "./recording.ts";

/** In this order; what is within noise is only counted. */
const told: readonly Outcome[] = ["worse", "better", "other floor", "only before", "only now", "floor moved"];

/** What has changed between two runs, as text: warnings, a table, and how many measures are as they were. */
export function report(before: Recording, now: Recording): string {
  const changes = compare(before, now);
  const rows = told.flatMap((outcome) => changes.filter((change) => change.outcome === outcome).map(row));
  const count = (of: Outcome) => changes.filter(({ outcome }) => outcome === of).length;
  const same = count("within noise"), moved = count("floor moved");
  return [
    `${describe(before)} against ${describe(now)}:`,
    ...warnings(before.environment, now.environment).map((text) => `warning: ${text}`),
    ...aligned(rows),
    `${rows.length - moved} changed beyond the noise, ${same} within it; floors that have moved: ${moved}.`,
  ].join("\n");
}

function describe({ environment: { bench, commit = "no commit", load } }: Recording): string {
  return `${bench.slice(0, 16)} (${commit}, load ${load})`;
}

function row({ key, outcome, before, now, percent }: Change): string[] {
  const by = percent === undefined ? "" : `${percent > 0 ? "+" : ""}${amount(percent)} %`;
  return [outcome, key, by, figure(before), figure(now)];
}

function figure(value: Figure | undefined): string {
  if (value === undefined) return "–";
  const { of, middle, low, high } = value;
  const unit = of === "ratio" ? undefined : of;
  const spread = low === high ? "" : ` (${amount(low, unit)} … ${amount(high, unit)})`;
  return (unit === undefined ? `ratio ${amount(middle)}` : withUnit(middle, unit)) + spread;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const all = [["", "measure", "by", "before", "now"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all.map((cells) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
}
