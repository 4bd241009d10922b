/**
 * What has changed between two runs of the bench, beyond the noise of both.
 *
 * @module
 */

import type { Environment } from "./environment.ts";
import { keyOf, type RecordedLine, type Recording } from "./recording.ts";

/**
 * What became of a measure. A floor is not better or worse: where it has moved, machine, Deno or browser are others.
 * With `other floor`, or in another unit, there are no two figures to be compared.
 */
export type Outcome =
  | "better"
  | "worse"
  | "within noise"
  | "floor moved"
  | "other floor"
  | "only before"
  | "only now";

/** A figure with its spread. */
export interface Figure {
  /** What it is: a ratio has no unit. */
  readonly of: "ratio" | RecordedLine["unit"];
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

/** One measure, before and now. */
export interface Change {
  readonly key: string;
  readonly outcome: Outcome;
  readonly before?: Figure;
  readonly now?: Figure;
  /** By how much it is more (or less: below 0), in percent; left out where there was nothing before. */
  readonly percent?: number;
}

/** Compares the measures of two runs: in the order of the later one, then those that it has no more. */
export function compare(before: Recording, now: Recording): Change[] {
  const old = new Map(before.lines.map((line) => [keyOf(line), line]));
  const floors = new Set([...before.lines, ...now.lines].flatMap(({ part, floor = "", above = "" }) => {
    // A floor may be the sum of two lines.
    return [...floor.split("+"), above].map((name) => `${part} ${name}`);
  }));
  const changes = now.lines.map((line): Change => {
    const key = keyOf(line), earlier = old.get(key);
    old.delete(key);
    if (earlier === undefined) return { key, outcome: "only now", now: figureOf(line) };
    return { key, ...compareLines(earlier, line, floors.has(`${line.part} ${line.measure}`)) };
  });
  const gone = [...old].map(([key, line]): Change => ({
    key,
    outcome: "only before",
    before: figureOf(line),
  }));
  return [...changes, ...gone];
}

/**
 * Why figures of the two may differ without the code, a sentence each: another machine or Deno, or a machine that had
 * something else to do.
 */
export function warnings(before: Environment, now: Environment): string[] {
  const told = {
    cpu: "processor",
    cores: "cores",
    target: "target",
    deno: "Deno",
    v8: "V8",
    rounds: "rounds",
  } as const;
  const others = (Object.keys(told) as (keyof typeof told)[])
    .filter((name) => before[name] !== now[name])
    .map((name) => `${told[name]}: ${before[name] ?? "unknown"} before, ${now[name] ?? "unknown"} now`);
  const isBusy = ({ load, cores }: Environment) => load > cores / 2;
  const busy = isBusy(before) || isBusy(now)
    ? [`the machine was busy: load ${before.load} before, ${now.load} now`]
    : [];
  return [...others, ...busy];
}

function compareLines(before: RecordedLine, now: RecordedLine, isFloor: boolean): Omit<Change, "key"> {
  const figures = { before: figureOf(before), now: figureOf(now) };
  if (before.floor !== now.floor || before.above !== now.above || before.unit !== now.unit) {
    return { outcome: "other floor", ...figures };
  }
  const from = figures.before.middle, to = figures.now.middle;
  const percent = from > 0 ? { percent: (to - from) / from * 100 } : {};
  return {
    outcome: outcomeOf(figures, now.unit, isFloor && now.floor === undefined),
    ...figures,
    ...percent,
  };
}

// Spreads that touch are noise. Bytes have none where every run has counted the same, and then one more is a change.
function outcomeOf(
  { before, now }: { before: Figure; now: Figure },
  unit: RecordedLine["unit"],
  isFloor: boolean,
): Outcome {
  const less = now.high < before.low, more = now.low > before.high;
  if (!less && !more) return "within noise";
  if (isFloor) return "floor moved";
  return less === (unit !== "per second") ? "better" : "worse";
}

/** The ratio with its quartiles where there is a floor, else the median with the smallest and largest run. */
function figureOf(line: RecordedLine): Figure {
  const { unit, median, min, max, ratio, ratio_low: low, ratio_high: high } = line;
  if (ratio === undefined || low === undefined || high === undefined) {
    return { of: unit, middle: median, low: min, high: max };
  }
  return { of: "ratio", middle: ratio, low, high };
}
