/**
 * Figures out of samples: runs in turn, medians with their spread, and what a median is worth against its floor.
 *
 * @module
 */

/** What a figure is worth against its target. */
export type Verdict = "met" | "missed" | "within noise";

/** Whether a figure should be at most its target, or at least. */
export type Bound = "at most" | "at least";

/** One turn of something that is measured: samples by the name of their measure, all of one unit. */
export type Turn = () => Promise<Readonly<Record<string, readonly number[]>>>;

/** One run of one measure: the middle of its samples, and the value that 95 % of them stay below. */
export interface Run {
  readonly median: number;
  readonly p95: number;
  readonly samples: number;
}

/** Several runs, as a line prints them: the median of their medians, and the smallest and largest of these. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly p95: number;
  readonly runs: number;
  readonly samples: number;
}

/** A measure held against its floor. */
export interface Held {
  readonly floor_median: number;
  /** The median of the ratios, measure to floor, of each run. */
  readonly ratio: number;
  /** The quartiles of these ratios. */
  readonly ratio_low: number;
  readonly ratio_high: number;
}

/** How often turns are taken. */
export interface Rounds {
  /** Runs of each measure. */
  readonly rounds: number;
  /** Turns of each measure within a run; 1 where left out. */
  readonly laps?: number;
  /** Rounds before the first that counts, while compilers still learn; 0 where left out. */
  readonly cold?: number;
}

/**
 * Takes turns: in each lap of each round every turn once, and in every other lap in the opposite order, so that a
 * machine that slows down or speeds up does so for floor and measure alike.
 *
 * @returns the runs of each measure, one for each round
 * @throws RangeError for less than one round or lap, TypeError for a measure without samples
 */
export async function interleave(
  turns: readonly Turn[],
  { rounds, laps = 1, cold = 0 }: Rounds,
): Promise<ReadonlyMap<string, readonly Run[]>> {
  for (const count of [rounds, laps]) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`Cannot take turns ${count} times: it is a whole number above 0.`);
    }
  }
  const runs = new Map<string, Run[]>();
  for (let round = 0; round < cold + rounds; round++) {
    const all = await takeLaps(turns, { laps, first: round * laps });
    if (round < cold) continue;
    for (const [name, samples] of all) {
      if (samples.length === 0) throw new TypeError(`Cannot measure ${name}: no turn gave samples.`);
      runs.set(name, [...runs.get(name) ?? [], runOf(samples)]);
    }
  }
  return runs;
}

async function takeLaps(
  turns: readonly Turn[],
  { laps, first }: { laps: number; first: number },
): Promise<Map<string, number[]>> {
  const all = new Map<string, number[]>();
  for (let lap = first; lap < first + laps; lap++) {
    for (const turn of lap % 2 === 0 ? turns : turns.toReversed()) {
      for (const [name, samples] of Object.entries(await turn())) {
        all.set(name, [...all.get(name) ?? [], ...samples]);
      }
    }
  }
  return all;
}

/** The runs of a measure. @throws TypeError where no turn gave any */
export function runsOf(all: ReadonlyMap<string, readonly Run[]>, name: string): readonly Run[] {
  const runs = all.get(name);
  if (runs === undefined) throw new TypeError(`Cannot find the runs of ${name}: no turn gave any.`);
  return runs;
}

/** What a line says of several runs. */
export function summarize(runs: readonly Run[]): Summary {
  const medians = runs.map(({ median }) => median);
  return {
    median: quantile(medians, 0.5),
    min: Math.min(...medians),
    max: Math.max(...medians),
    p95: quantile(runs.map(({ p95 }) => p95), 0.5),
    runs: runs.length,
    samples: runs.reduce((sum, { samples }) => sum + samples, 0),
  };
}

/**
 * Holds runs against those of the floor that were taken in the same rounds: round by round, because a round that was
 * slow for one was slow for the other.
 */
export function hold(runs: readonly Run[], floor: readonly Run[]): Held {
  const ratios = runs.map(({ median }, round) => median / (floor[round]?.median ?? NaN));
  return {
    floor_median: summarize(floor).median,
    ratio: quantile(ratios, 0.5),
    ratio_low: quantile(ratios, 0.25),
    ratio_high: quantile(ratios, 0.75),
  };
}

/** A floor that is two others, one after the other: round by round, the sum. */
export function add(one: readonly Run[], other: readonly Run[]): Run[] {
  return one.map(({ median, p95, samples }, round) => ({
    median: median + (other[round]?.median ?? NaN),
    p95: p95 + (other[round]?.p95 ?? NaN),
    samples,
  }));
}

/** What is left of runs when others are taken off: round by round, of median and p95 alike the other's median. */
export function takeOff(runs: readonly Run[], other: readonly Run[]): Run[] {
  return runs.map(({ median, p95, samples }, round) => {
    const less = other[round]?.median ?? NaN;
    return { median: median - less, p95: p95 - less, samples };
  });
}

/**
 * Whether a figure that has a spread is on the good side of its target, which itself is good; where the spread has the
 * target inside, nobody knows.
 */
export function judge(
  { low, high }: { low: number; high: number },
  target: number,
  bound: Bound = "at most",
): Verdict {
  if (bound === "at least") return judge({ low: -high, high: -low }, -target);
  if (high <= target) return "met";
  return low > target ? "missed" : "within noise";
}

/** The value below which the given part of the values lies, between two of them where need be; NaN of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? NaN, above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

function runOf(samples: readonly number[]): Run {
  return { median: quantile(samples, 0.5), p95: quantile(samples, 0.95), samples: samples.length };
}
