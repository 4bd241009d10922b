/**
 * The render that is going on. Renders are synchronous, so that there is one at a time, and none while anything
 * awaits: two pages in the making never meet here.
 *
 * @module
 */

import type { Json } from "../../protocol/mod.ts";
import type { Recorder } from "./binding.ts";
import type { HeadList } from "./_head_list.ts";

/** One render. */
export interface Rendering {
  readonly recorder: Recorder;
  readonly head: HeadList;
  /** How many calls of the renderer stand on the stack. */
  depth: number;
  /** How many of them are ours. A component may render strings of its own: those are not part of the page. */
  own: number;
}

let rendering: Rendering | undefined;

/** The render whose page is being written at this moment. */
export function currentRendering(): Rendering | undefined {
  return rendering !== undefined && rendering.depth === rendering.own ? rendering : undefined;
}

/** Notes that the renderer was entered (1) or left (-1), by whomever. */
export function moveDepth(by: 1 | -1): void {
  if (rendering !== undefined) rendering.depth += by;
}

/** Runs a render; the one that was going on before goes on after it, whatever happens. */
export function within<T>(next: Rendering, run: () => T): T {
  const previous = rendering;
  rendering = next;
  try {
    return run();
  } finally {
    rendering = previous;
  }
}

/** Records that the page offers a call. Where no page of ours is being written there is nothing to record. */
export function offer(target: string, args: readonly Json[]): void {
  currentRendering()?.recorder.offer(target, args);
}
