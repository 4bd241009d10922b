/**
 * What a run has to say for itself, in figures.
 *
 * @module
 */

import type { Click } from "./book.ts";
import type { Fault } from "./schedule.ts";

/** Counts, and times in milliseconds. */
export class Figures {
  readonly faults: Record<Fault["what"], number> = {
    "kill": 0,
    "kill store": 0,
    "cut": 0,
    "refuse": 0,
    "freeze": 0,
    "delay": 0,
  };
  /** Pages that were loaded for the first time. */
  pages = 0;
  resyncs = 0;
  reloads = 0;
  /** Times a page was away, and the longest of them. */
  losses = 0;
  longestAway = 0;
  /** From a fault until the last page that lost its socket after it had one again. */
  longestFaultToLive = 0;
  /** From the end of the last fault until all pages were live and had all their outcomes. */
  settled = 0;
  broadcasts = 0;
  /** Clicks that were reported as failed, and are in the state all the same. */
  halfDone = 0;

  /** A text of several lines. */
  summary(clicks: Iterable<Click>, seconds: number): string {
    const all = [...clicks], reported = new Map<string, number>();
    let done = 0, longest = 0;
    for (const { outcomes: [outcome], madeAt } of all) {
      if (outcome === undefined) continue;
      longest = Math.max(longest, outcome.at - madeAt);
      if (outcome.code === undefined) done++;
      else reported.set(outcome.code, (reported.get(outcome.code) ?? 0) + 1);
    }
    const codes = [...reported].map(([code, count]) => `${count} ${code}`).join(", ");
    const { kill, cut, refuse, freeze, delay } = this.faults;
    return [
      `clicks made ${all.length}, acknowledged ${done}, reported ${
        codes || "0"
      } (of these done all the same ${this.halfDone})`,
      `kills ${kill}, Redis restarts ${this.faults["kill store"]}, cuts ${
        cut + refuse
      }, freezes ${freeze}, delays ${delay}`,
      `pages ${this.pages}, sockets lost ${this.losses}, resyncs ${this.resyncs}, reloads ${this.reloads}, broadcasts heard ${this.broadcasts}`,
      `longest from a fault to a live page ${
        Math.round(this.longestFaultToLive)
      } ms, from a click to its outcome ${Math.round(longest)} ms`,
      `settled ${Math.round(this.settled)} ms after the last fault; ${seconds.toFixed(1)} s in all`,
    ].join("\n");
  }
}
