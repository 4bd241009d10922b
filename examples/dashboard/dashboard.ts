import { action, ops, Reflex } from "@argyle/argyle";
import type { Clock } from "@argyle/argyle/protocol";
import { z } from "zod";
import { type Range, reading, series, type SeriesId, TICK } from "./readings.ts";

/** How many moments one person may mark. */
export const MARKS = 5;

/** What is kept of a person: what they want to see, and what they have marked. */
export interface Session {
  range?: Range;
  hidden?: SeriesId[];
  marks?: number[];
}

/** What a page keeps: the report that was asked for there. */
export interface State {
  report?: Summary[];
}

/** The last hour of one curve. */
export interface Summary {
  readonly name: string;
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

/** The type of its class is the island's: `reflex<Dashboard>("Dashboard")`. */
export type Dashboard = InstanceType<ReturnType<typeof dashboardOf>>;

/** What the pages can have done. */
export function dashboardOf(clock: Clock) {
  return class Dashboard extends Reflex<Session, State> {
    /** Marks a moment, or takes the mark away. */
    mark = action(z.object({ at: z.int().multipleOf(TICK), on: z.boolean() }), ({ at, on }) => {
      const others = (this.session.marks ?? []).filter((mark) => mark !== at);
      if (on && others.length >= MARKS) this.abort(`${MARKS} moments can be marked, no more.`);
      if (on && Math.abs(clock.now() - at) > 3_600_000) this.abort("That is too long ago.");
      this.session.marks = on ? [...others, at].sort((a, b) => a - b) : others;
      return this.session.marks.length;
    });

    /** Shows more time, or less. */
    range(seconds: Range): void {
      this.session.range = seconds;
    }

    /** Shows a curve, or hides it; the last one stays. */
    toggle(id: SeriesId): void {
      const hidden = this.session.hidden ?? [];
      if (hidden.includes(id)) this.session.hidden = hidden.filter((other) => other !== id);
      else if (hidden.length < series.length - 1) this.session.hidden = [...hidden, id];
    }

    /** Goes through the last hour, and tells how far it has come. */
    async report(): Promise<void> {
      const summaries: Summary[] = [];
      const progress = (done: number) =>
        this.push(
          ops().setStyle("#progress", "width", `${done}%`)
            .setAttribute("#bar", "aria-valuenow", `${done}`),
        );
      for (const [done, { id, name }] of series.entries()) {
        progress(Math.round((done + 0.5) / series.length * 100));
        await pause(clock, 400, this.signal);
        summaries.push(summary(id, name, clock.now()));
      }
      progress(100);
      this.state.report = summaries;
    }
  };
}

function summary(id: SeriesId, name: string, now: number): Summary {
  const values = Array.from({ length: 7200 }, (_, back) => reading(id, now - back * TICK));
  const sum = values.reduce((sum, value) => sum + value, 0);
  return {
    name,
    least: Math.min(...values),
    mean: Math.round(sum / values.length),
    most: Math.max(...values),
  };
}

/** A hard thing takes a while; here it is made to. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  const leave = () => {
    cancel();
    reject(signal.reason);
  };
  signal.addEventListener("abort", leave, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
