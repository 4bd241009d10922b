/**
 * How busy load and server were: whether a rate is the server's, or only that of the load beside it.
 *
 * @module
 */

import { askProcessorTime, processorTime } from "./control.ts";

/** From this share of a core on, a process has no time left to speak of. */
const SATURATED = 0.9;

/** Something that was done, once. */
export interface Effort {
  /** Milliseconds by the clock. */
  readonly elapsed: number;
  /** Milliseconds of processor time of the load, and of the server. */
  readonly load: number;
  readonly server: number;
}

/** Does something and tells what it took, this process being the load. @param control the server's */
export async function effort(control: string, work: () => Promise<void>): Promise<Effort> {
  const server = await askProcessorTime(control);
  const load = processorTime(), start = performance.now();
  await work();
  const elapsed = performance.now() - start, loaded = processorTime() - load;
  return { elapsed, load: loaded, server: await askProcessorTime(control) - server };
}

/** The shares of a core that efforts took all together, for a line's note. */
export function shares(efforts: readonly Effort[]): string {
  const sum = (of: keyof Effort) => efforts.reduce((total, effort) => total + effort[of], 0);
  if (sum("server") === 0) return "this system does not tell the processor time of processes";
  const load = sum("load") / sum("elapsed"), server = sum("server") / sum("elapsed");
  const full = load >= SATURATED && load > server
    ? "; the load's core was full, so that the server could do more"
    : "";
  return `load ${percent(load)} of a core, server ${percent(server)}${full}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
