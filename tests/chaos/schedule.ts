/**
 * What goes wrong, when, and for whom: a list that follows from a seed alone.
 *
 * @module
 */

import type { Direction } from "../helpers/proxy.ts";
import { Random } from "./random.ts";

/** A line that faults happen to: one through which clients come, or one from a process to its store. */
export interface Place {
  readonly line: "clients" | "store";
  /** Counts the lines of a kind, from 0. */
  readonly at: number;
}

/** One fault. Times are milliseconds since the first click; `ms` is how long it lasts. */
export type Fault =
  & { readonly at: number }
  & (
    /** The process, by its number, is gone for so long. */
    | { readonly what: "kill"; readonly whom: number; readonly ms: number }
    /** The store itself is gone for so long. */
    | { readonly what: "kill store"; readonly ms: number }
    /** Every connection of the line ends. */
    | { readonly what: "cut"; readonly whom: Place }
    /** Nobody gets a connection, and nobody keeps one. */
    | { readonly what: "refuse"; readonly whom: Place; readonly ms: number }
    /** Connections stay, and nothing comes through. */
    | {
      readonly what: "freeze";
      readonly whom: Place;
      readonly directions: readonly Direction[];
      readonly ms: number;
    }
    /** Every byte takes `by` milliseconds. */
    | { readonly what: "delay"; readonly whom: Place; readonly by: number; readonly ms: number }
  );

/** What there is to go wrong. */
export interface Ground {
  readonly seconds: number;
  readonly processes: number;
  /** Lines through which clients come. */
  readonly lines: number;
  /** Whether there is a store of its own, which can be killed, and a line from each process to it. */
  readonly hasStore: boolean;
}

/** Milliseconds between two faults; in a calm so many times as long. */
const PAUSE = { least: 80, most: 700, calm: 6 };

/** Milliseconds of storm, and then of calm: who never gets to be live has nothing to lose. */
const STORM = 8000;

/** From so many seconds on, faults are long enough for silence to be noticed: see `client/heartbeat.ts`. */
const LONG_RUN = 30;

/** Makes the list, in the order of time. No two faults happen to one thing at once, and all are over at the end. */
export function makeSchedule(seed: number, ground: Ground): Fault[] {
  const random = new Random(seed), end = ground.seconds * 1000;
  const busyUntil = new Map<string, number>(), faults: Fault[] = [];
  // The first come when everybody is clicking.
  const pause = (at: number) => random.between(PAUSE.least, PAUSE.most) * (isCalm(at) ? PAUSE.calm : 1);
  for (let at = random.between(200, 600); at < end; at += pause(at)) {
    const fault = makeFault(random, at, ground);
    const whom = nameOf(fault), until = at + ("ms" in fault ? fault.ms : 0);
    if (until > end || (busyUntil.get(whom) ?? -1) >= at) continue;
    busyUntil.set(whom, until);
    faults.push(fault);
  }
  return faults;
}

/** A fault as one line of text. */
export function describe(fault: Fault): string {
  const parts = [`${String(fault.at).padStart(7)} ms`, fault.what];
  if (fault.what === "kill") parts.push(`process ${fault.whom}`);
  else if (fault.what !== "kill store") {
    const { line, at } = fault.whom;
    parts.push(line === "clients" ? `clients' line ${at}` : `line of process ${at} to its store`);
  }
  if (fault.what === "freeze") parts.push(fault.directions.join(" and "));
  if (fault.what === "delay") parts.push(`by ${fault.by} ms`);
  if ("ms" in fault) parts.push(`for ${fault.ms} ms`);
  return parts.join(" ");
}

function isCalm(at: number): boolean {
  return Math.floor(at / STORM) % 2 === 1;
}

function makeFault(random: Random, at: number, ground: Ground): Fault {
  const { processes, lines, hasStore, seconds } = ground;
  const length = (most: number) =>
    seconds >= LONG_RUN && random.chance(0.15) ? random.between(5500, 14_000) : random.between(50, most);
  const kind = random.next();
  if (kind < 0.25) {
    return { at, what: "kill", whom: random.between(0, processes - 1), ms: random.between(0, 1500) };
  }
  if (hasStore && kind < 0.33) return { at, what: "kill store", ms: random.between(0, 1500) };
  const atStore = hasStore && random.chance(0.4);
  const whom: Place = atStore
    ? { line: "store", at: random.between(0, processes - 1) }
    : { line: "clients", at: random.between(0, lines - 1) };
  if (kind < 0.55) return { at, what: "cut", whom };
  if (kind < 0.65) return { at, what: "refuse", whom, ms: length(1200) };
  if (kind < 0.85) {
    const directions = random.of<readonly Direction[]>([["up"], ["down"], ["up", "down"]]);
    return { at, what: "freeze", whom, directions, ms: length(2000) };
  }
  return { at, what: "delay", whom, by: random.between(5, 250), ms: length(2500) };
}

function nameOf(fault: Fault): string {
  if (fault.what === "kill") return `process ${fault.whom}`;
  if (fault.what === "kill store") return "store";
  return `${fault.whom.line} ${fault.whom.at}`;
}
