/**
 * What must be true when all is quiet again. Each check gives sentences about what is not.
 *
 * @module
 */

import type { Click } from "./book.ts";
import { clickName, hasClick, type Ledger } from "./ledger.ts";
import type { LogLine } from "./processes.ts";
import { difference } from "./same.ts";

/** What is in the state of the app. */
export interface Truth {
  /** A session's ledger, by the name of its person. */
  readonly sessions: ReadonlyMap<string, Ledger>;
  /** The clicks of a room, by its name. */
  readonly rooms: ReadonlyMap<string, readonly string[]>;
}

/**
 * Each click was told to its person once, as done or as failed. What is done is in the state once; what has failed, once at
 * most; and nothing is in it that nobody has clicked.
 *
 * @param personOf the person whose tab this is
 */
export function checkClicks(
  clicks: ReadonlyMap<string, Click>,
  { sessions, rooms }: Truth,
  personOf: (tab: string) => string,
): string[] {
  const wrong: string[] = [];
  for (const { name, room, outcomes } of clicks.values()) {
    const [tab = ""] = name.split(":"), ledger = sessions.get(personOf(tab)) ?? {};
    if (outcomes.length === 0) wrong.push(`${name} was neither acknowledged nor reported`);
    if (outcomes.length > 1) {
      wrong.push(
        `${name} was told of ${outcomes.length} times: ${
          outcomes.map(({ code = "done" }) => code).join(", ")
        }`,
      );
    }
    const isDone = outcomes.some(({ code }) => code === undefined);
    if (!isDone) continue;
    if (!hasClick(ledger, name)) wrong.push(`${name} was acknowledged, and is lost`);
    if (room !== undefined && !rooms.get(room)?.includes(name)) {
      wrong.push(`${name} was acknowledged, and is not in its room`);
    }
  }
  for (const [person, ledger] of sessions) {
    for (const [tab, { runs, again }] of Object.entries(ledger)) {
      for (const n of again) wrong.push(`${clickName(tab, n)} is in the state of ${person} more than once`);
      for (const [first, last] of runs) {
        for (let n = first; n <= last; n++) {
          if (!clicks.has(clickName(tab, n))) {
            wrong.push(`${clickName(tab, n)} is in the state, and nobody has made it`);
          }
        }
      }
    }
  }
  return wrong;
}

/** What a visit has counted is in its session, too: both are committed together. */
export function checkVisit(name: string, visit: Ledger, session: Ledger): string[] {
  return Object.entries(visit).flatMap(([tab, { runs, again }]) => [
    ...again.map((n) => `${clickName(tab, n)} is in the state of the visit of ${name} more than once`),
    ...runs.flatMap(([first, last]) => {
      const missing = Array.from({ length: last - first + 1 }, (_, at) => clickName(tab, first + at))
        .filter((click) => !hasClick(session, click));
      return missing.map((click) =>
        `${click} is in the state of the visit of ${name}, and not in its session`
      );
    }),
  ]);
}

/** A page shows what a fresh one does. */
export function checkPage(name: string, page: string, fresh: string): string[] {
  const where = difference(page, fresh);
  return where === undefined ? [] : [`the page of ${name} differs from a fresh one in ${where}`];
}

/** What a log may say in such times. */
export interface Expected {
  readonly kind: string;
  readonly pattern: RegExp;
}

/** Counts what was logged by kind; what is of no kind is wrong. */
export function checkLog(
  lines: readonly LogLine[],
  expected: readonly Expected[],
): { counts: Map<string, number>; wrong: string[] } {
  const counts = new Map<string, number>(), wrong = new Map<string, number>();
  for (const { level, message, error } of lines) {
    const text = `${level} ${message}${error === undefined ? "" : `: ${error}`}`;
    const kind = expected.find(({ pattern }) => pattern.test(text))?.kind;
    if (kind === undefined) wrong.set(text, (wrong.get(text) ?? 0) + 1);
    else counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return { counts, wrong: [...wrong].map(([text, times]) => `a log says ${times} times: ${text}`) };
}
