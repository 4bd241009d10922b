/**
 * What is measured: three curves that every process computes alike, so that there is nothing to store.
 *
 * @module
 */

/** Between two readings, in milliseconds. */
export const TICK = 500;

/** How many steps a chart has, whatever its range. */
const STEPS = 60;

/** What is measured. */
export const series = [
  { id: "requests", name: "Requests", unit: "a second", usual: 240, swing: 110 },
  { id: "latency", name: "Latency", unit: "ms", usual: 38, swing: 14 },
  { id: "errors", name: "Errors", unit: "a minute", usual: 6, swing: 5 },
] as const;

/** The name of a curve in calls and sessions. */
export type SeriesId = (typeof series)[number]["id"];

/** How far a chart goes back, in seconds. */
export const ranges = [30, 120, 600] as const;

/** One of them. */
export type Range = (typeof ranges)[number];

/** A curve as the chart draws it. */
export interface Curve {
  readonly id: SeriesId;
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** The moments of a chart, oldest first: one for each step, and now. */
export function moments(now: number, range: Range): number[] {
  const step = range * 1000 / STEPS, last = tickOf(now);
  const past: number[] = [];
  // Steps lie on the clock, so that a point stays where it is while the chart moves on.
  for (let at = Math.floor(last / step) * step; past.length < STEPS; at -= step) past.unshift(at);
  return past.at(-1) === last ? past : [...past, last];
}

/** What one curve was at a moment. */
export function reading(id: SeriesId, at: number): number {
  const { usual, swing } = series.find((one) => one.id === id)!;
  const tick = tickOf(at), minutes = tick / 60_000;
  const wave = Math.sin(minutes * 1.7 + usual) * 0.5 + Math.sin(minutes * 23 + usual) * 0.3;
  const value = usual + swing * (wave + (noise(usual, tick) - 0.5) * 0.3);
  return Math.max(0, Math.round(value * 10) / 10);
}

/** The moment of the last reading. */
export function tickOf(now: number): number {
  return Math.floor(now / TICK) * TICK;
}

/** The curves at these moments. */
export function curves(ids: readonly SeriesId[], at: readonly number[]): Curve[] {
  return series.filter(({ id }) => ids.includes(id))
    .map(({ id, name, unit }) => ({ id, name, unit, values: at.map((moment) => reading(id, moment)) }));
}

/** As good as random, and the same for the same moment. */
function noise(seed: number, at: number): number {
  let mixed = Math.imul(at / TICK ^ seed, 0x9e3779b1);
  mixed = Math.imul(mixed ^ mixed >>> 15, 0x85ebca6b);
  return ((mixed ^ mixed >>> 13) >>> 0) / 2 ** 32;
}
