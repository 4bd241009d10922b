/**
 * A line of the bench: one JSON object. `README.md` tells how to read it.
 *
 * @module
 */

import { type Held, hold, judge, type Run, summarize, type Summary, type Verdict } from "./measure.ts";

/** Where figures are kept while they are taken. */
export type Store = "memory" | "kv";

/** One measure. */
export interface Line extends Partial<Held>, Partial<Omit<Summary, "median" | "min" | "max" | "runs">> {
  readonly measure: string;
  readonly store?: Store;
  readonly unit: "ms" | "bytes";
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
  readonly floor?: string;
  /** Of the ratio where there is a floor, of the median where there is none. */
  readonly target?: number;
  readonly verdict?: Verdict;
  readonly note?: string;
}

/** What a measure is called, and what else is known of it. */
export interface Label {
  readonly measure: string;
  readonly store?: Store;
  readonly target?: number;
  readonly note?: string;
}

/** A floor, by the name of its own line. */
export interface Floor {
  readonly name: string;
  readonly runs: readonly Run[];
}

/** How a part of the bench hands over a line. */
export type Print = (line: Line) => void;

/** The line of something timed; without a floor it is one itself. */
export function timeLine({ target, note, ...label }: Label, runs: readonly Run[], floor?: Floor): Line {
  const line: Line = { ...label, unit: "ms", ...rounded(summarize(runs)) };
  const end = note === undefined ? {} : { note };
  if (floor === undefined) return { ...line, ...end };
  const held = hold(runs, floor.runs);
  const verdict = target === undefined
    ? {}
    : { target, verdict: judge({ low: held.ratio_low, high: held.ratio_high }, target) };
  return { ...line, floor: floor.name, ...rounded(held), ...verdict, ...end };
}

/** The line of something counted: the same count at every run, or the spread says so. */
export function byteLine({ target, note, ...label }: Label, counts: readonly number[]): Line {
  const low = Math.min(...counts), high = Math.max(...counts);
  const { median } = summarize(counts.map((count) => ({ median: count, p95: count, samples: 1 })));
  return {
    ...label,
    unit: "bytes",
    median,
    min: low,
    max: high,
    runs: counts.length,
    ...(target === undefined ? {} : { target, verdict: judge({ low, high }, target) }),
    ...(note === undefined ? {} : { note }),
  };
}

/** The UTF-8 bytes of a text: what a text frame carries, without the few bytes of its header. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

// Four digits say more than any machine holds to.
function rounded<T extends object>(figures: T): T {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number(Number(value).toPrecision(4))]),
  ) as T;
}
