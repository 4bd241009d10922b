/**
 * Waits until a process's memory no longer changes.
 *
 * @module
 */

import { askMemory, type Memory } from "./control.ts";

/** So many readings in a row have to be close to each other, within this part of the largest. */
const READINGS = 3, PART = 0.0025;
/** Milliseconds between two readings, and how many there are before it is given up. */
const PAUSE = 100, PATIENCE = 100;

/** A server's memory without garbage, once it is the same at several readings. @throws Error where it never is */
export async function settledMemory(control: string): Promise<Memory> {
  const readings: Memory[] = [];
  while (readings.length < PATIENCE) {
    const memory = await askMemory(control);
    readings.push(memory);
    if (isSettled(readings.map(({ rss }) => rss))) return memory;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Error(`Cannot read the server's memory: it still changes after ${PATIENCE} readings.`);
}

/** Whether the last readings are as good as equal. */
export function isSettled(readings: readonly number[]): boolean {
  const last = readings.slice(-READINGS);
  if (last.length < READINGS) return false;
  const high = Math.max(...last);
  return high - Math.min(...last) <= PART * high;
}
