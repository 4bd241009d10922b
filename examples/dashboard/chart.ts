/**
 * Numbers as places on a drawing of 600 by 220. It runs on the server and in the browser.
 *
 * @module
 */

/** The drawing. */
export const WIDTH = 600, HEIGHT = 220;

/** What of a chart is seen at a zoom: its last moments, a tenth of all at least. */
export function windowOf(moments: readonly number[], zoom: number): { from: number; to: number } {
  const first = moments[0] ?? 0, to = moments.at(-1) ?? 0;
  return { from: to - (to - first) / Math.min(zoom, 10), to };
}

/** Where a moment is, from left to right. */
export function placeOf(at: number, { from, to }: { from: number; to: number }): number {
  return to === from ? WIDTH : round((at - from) / (to - from) * WIDTH);
}

/** The line through the values that are seen, each curve in a height of its own. */
export function lineOf(
  values: readonly number[],
  moments: readonly number[],
  window: { from: number; to: number },
): string {
  const seen = values.map((value, index) => ({ value, at: moments[index] ?? 0 }))
    .filter(({ at }) => at >= window.from);
  const least = Math.min(...seen.map(({ value }) => value)),
    most = Math.max(...seen.map(({ value }) => value));
  const height = (value: number) =>
    round(HEIGHT - 12 - (most === least ? 0.5 : (value - least) / (most - least)) * (HEIGHT - 24));
  return seen.map(({ value, at }) => `${placeOf(at, window)},${height(value)}`).join(" ");
}

/** What is seen of a curve, for whoever does not see it. */
export function spoken(
  { name, unit, values }: { name: string; unit: string; values: readonly number[] },
  moments: readonly number[],
  { from }: { from: number },
): string {
  const seen = values.filter((_, index) => (moments[index] ?? 0) >= from);
  return `${name}: ${values.at(-1) ?? 0} ${unit} now, ${Math.min(...seen)} to ${
    Math.max(...seen)
  } in the chart.`;
}

/** A time of the day, the same on the server and in every browser. */
export function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
