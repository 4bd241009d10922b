/**
 * Which clicks have had an effect, and which have had it twice: exact, however many there are, and short as long as few
 * are missing.
 *
 * @module
 */

/** The clicks of one tab, which counts them from 1. */
export interface Account {
  /** Runs of clicks that have come, first and last, in ascending order and apart. */
  readonly runs: readonly (readonly [first: number, last: number])[];
  /** Clicks that have come again, once for each time. */
  readonly again: readonly number[];
}

/** Accounts by tab. */
export type Ledger = Readonly<Record<string, Account>>;

/** A click's name: its tab and its number there. */
export function clickName(tab: string, n: number): string {
  return `${tab}:${n}`;
}

/** Reads a click's name. @throws RangeError for another text */
export function readClick(name: string): { tab: string; n: number } {
  const [, tab, n] = /^([a-z0-9-]+):([1-9]\d*)$/.exec(name) ?? [];
  if (tab === undefined || n === undefined) throw new RangeError(`Cannot read ${name}: it names no click.`);
  return { tab, n: Number(n) };
}

/** The ledger with one click more. */
export function note(ledger: Ledger, name: string): Ledger {
  const { tab, n } = readClick(name);
  const { runs, again }: Account = ledger[tab] ?? { runs: [], again: [] };
  if (hasClick(ledger, name)) return { ...ledger, [tab]: { runs, again: [...again, n] } };
  // The runs that it touches become one with it.
  const before = runs.filter(([, last]) => last < n - 1), behind = runs.filter(([first]) => first > n + 1);
  const touched = runs.filter(([first, last]) => last >= n - 1 && first <= n + 1);
  const run = [
    Math.min(n, ...touched.map(([first]) => first)),
    Math.max(n, ...touched.map(([, last]) => last)),
  ];
  return { ...ledger, [tab]: { runs: [...before, run as [number, number], ...behind], again } };
}

/** Whether a click has come. */
export function hasClick(ledger: Ledger, name: string): boolean {
  const { tab, n } = readClick(name);
  return ledger[tab]?.runs.some(([first, last]) => first <= n && n <= last) ?? false;
}

/** How many have come, each as often as it has. */
export function total(ledger: Ledger): number {
  return Object.values(ledger).reduce(
    (sum, { runs, again }) =>
      sum + again.length + runs.reduce((sum, [first, last]) => sum + last - first + 1, 0),
    0,
  );
}

/** Every click of a ledger, by name; those that came again are named again. */
export function clicksOf(ledger: Ledger): string[] {
  return Object.entries(ledger).flatMap(([tab, { runs, again }]) => [
    ...runs.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, at) => clickName(tab, first + at))
    ),
    ...again.map((n) => clickName(tab, n)),
  ]);
}
