/**
 * Tells a developer's browser how long the stages took.
 *
 * @module
 */

import type { TimingFrame } from "../../protocol/timing.ts";
import type { Watcher, Watching, Work } from "./work.ts";

/** One browser. */
export class TimingLine implements Watcher {
  readonly #line: { sendText(text: string): void };

  /** @param line sends behind what was sent before */
  constructor(line: { sendText(text: string): void }) {
    this.#line = line;
  }

  begin(work: Work): Watching | undefined {
    const { kind, isQuiet } = work.task;
    if (kind === "visit" || isQuiet) return undefined;
    return { end: () => this.#line.sendText(JSON.stringify(frameOf(work))) };
  }
}

function frameOf({ task: { n = 0, causes = [] }, version, outcome, fault, stages }: Work): TimingFrame {
  // Microseconds are as much as a clock of a browser knows.
  const taken = Array.from(stages, ([stage, ms]) => [stage, Math.round(ms * 1000) / 1000] as const);
  return ["timing", n, version, fault ?? outcome, taken, causes];
}
