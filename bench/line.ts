/**
 * A line of the bench: one JSON object. `README.md` tells how to read it.
 *
 * @module
 */

import {
  type Bound,
  type Held,
  hold,
  judge,
  quantile,
  type Run,
  summarize,
  type Summary,
  takeOff,
  type Verdict,
} from "./measure.ts";

/** Where figures are kept while they are taken. */
export type Store = "memory" | "kv";

/** What a figure counts. Of `per second` more is better, of the others less. */
export type Unit = typeof units[number];

/** Every unit; `KB` are 1,024 bytes. */
export const units = ["ms", "bytes", "KB", "per second"] as const;

/** One measure. */
export interface Line extends Partial<Held>, Partial<Omit<Summary, "median" | "min" | "max" | "runs">> {
  readonly measure: string;
  readonly store?: Store;
  readonly unit: Unit;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
  /** The line whose figure was taken off, run by run. */
  readonly above?: string;
  readonly above_median?: number;
  readonly floor?: string;
  /** Of the ratio where there is a floor, of the median where there is none. */
  readonly target?: number;
  /** Only where the target is a least. */
  readonly bound?: "at least";
  readonly verdict?: Verdict;
  readonly note?: string;
}

/** What a measure is called, and what else is known of it. */
export interface Label {
  readonly measure: string;
  readonly store?: Store;
  readonly target?: number;
  readonly bound?: "at least";
  readonly note?: string;
}

/** A floor, by the name of its own line. */
export interface Floor {
  readonly name: string;
  readonly runs: readonly Run[];
}

/** How a part of the bench hands over a line. */
export type Print = (line: Line) => void;

/**
 * The line of something timed, in milliseconds; without a floor it may be one itself.
 *
 * @param floor what it is a multiple of, run by run
 * @param above is taken off before, run by run
 */
export function timeLine(label: Label, runs: readonly Run[], floor?: Floor, above?: Floor): Line {
  return runLine("ms", label, runs, { floor, above });
}

/** The line of something done again and again, likewise. */
export function rateLine(label: Label, runs: readonly Run[], floor?: Floor): Line {
  return runLine("per second", label, runs, { floor });
}

function runLine(
  unit: Unit,
  label: Label,
  runs: readonly Run[],
  { above, floor }: { above?: Floor | undefined; floor?: Floor | undefined },
): Line {
  const rest = above === undefined ? runs : takeOff(runs, above.runs);
  const medians = rest.map(({ median }) => median);
  return {
    ...named(label.measure, label.store),
    unit,
    ...rounded(summarize(rest)),
    ...above === undefined ? {} : takenOff(above),
    ...floor === undefined
      ? judged(label, { low: quantile(medians, 0.25), high: quantile(medians, 0.75) })
      : held(label, rest, floor),
    ...noted(label),
  };
}

/** The line of something counted: the same count at every run, or the spread says so. */
export function byteLine(label: Label, counts: readonly number[]): Line {
  const low = Math.min(...counts), high = Math.max(...counts);
  return {
    ...named(label.measure, label.store),
    unit: "bytes",
    median: quantile(counts, 0.5),
    min: low,
    max: high,
    runs: counts.length,
    ...judged(label, { low, high }),
    ...noted(label),
  };
}

/** What memory is held against. */
export interface MemoryAgainst {
  /** Is taken off: bytes, run by run. */
  readonly above?: { readonly name: string; readonly bytes: readonly number[] };
  /** What the rest is a multiple of: bytes, run by run. */
  readonly floor?: { readonly name: string; readonly bytes: readonly number[] };
}

/** The line of memory, one figure a run. @param bytes of each run */
export function memoryLine(
  label: Label,
  bytes: readonly number[],
  { above, floor }: MemoryAgainst = {},
): Line {
  const taken = above === undefined ? undefined : { name: above.name, runs: kiloRuns(above.bytes) };
  const all = kiloRuns(bytes), rest = taken === undefined ? all : takeOff(all, taken.runs);
  const { median, min, max, runs } = summarize(rest);
  return {
    ...named(label.measure, label.store),
    unit: "KB",
    ...rounded({ median, min, max }),
    runs,
    ...taken === undefined ? {} : takenOff(taken),
    ...floor === undefined
      ? judged(label, { low: min, high: max })
      : held(label, rest, { name: floor.name, runs: kiloRuns(floor.bytes) }),
    ...noted(label),
  };
}

/** The UTF-8 bytes of a text: what a text frame carries, without the few bytes of its header. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

const KILO = 1024;

function kiloRuns(bytes: readonly number[]): Run[] {
  return bytes.map((count) => ({ median: count / KILO, p95: count / KILO, samples: 1 }));
}

function named(measure: string, store: Store | undefined): Pick<Line, "measure" | "store"> {
  return store === undefined ? { measure } : { measure, store };
}

function noted({ note }: Label): Pick<Line, "note"> {
  return note === undefined ? {} : { note };
}

function takenOff({ name, runs }: Floor): Pick<Line, "above" | "above_median"> {
  return { above: name, ...rounded({ above_median: summarize(runs).median }) };
}

function held(label: Label, runs: readonly Run[], floor: Floor): Partial<Line> {
  const ratios = hold(runs, floor.runs);
  return {
    floor: floor.name,
    ...rounded(ratios),
    ...judged(label, { low: ratios.ratio_low, high: ratios.ratio_high }),
  };
}

function judged({ target, bound }: Label, spread: { low: number; high: number }): Partial<Line> {
  if (target === undefined) return {};
  const side: Bound = bound ?? "at most";
  return { target, ...bound === undefined ? {} : { bound }, verdict: judge(spread, target, side) };
}

// Four digits say more than any machine holds to.
function rounded<T extends object>(figures: T): T {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number(Number(value).toPrecision(4))]),
  ) as T;
}
