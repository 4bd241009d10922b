/**
 * The render that is going on. Renders are synchronous, so that there is one at a time, and none while anything
 * awaits: two pages in the making never meet here.
 *
 * @module
 */

import type { Node } from "./_element.ts";
import { IdSeeds } from "./_id_seeds.ts";
import type { OwnNames } from "./attribute_names.ts";
import type { Recorder } from "./binding.ts";

/** One render. */
export interface Rendering {
  readonly recorder: Recorder;
  /** Takes the markup of the page's `<Head>` elements. */
  readonly head: { add(html: string): void };
  /** The app's names for attributes, where it has its own. */
  readonly attributes: OwnNames | undefined;
  /** How many calls of the renderer stand on the stack. */
  depth: number;
  /** How many of them are ours. A component may render strings of its own: those are not part of the page. */
  own: number;
  /** How many `<Head>` elements are being written. */
  heads: number;
  /** The list of offers that was recorded last: the rows of a table have the same. */
  offered: object | undefined;
  /** What the ids of `useId` count on. */
  readonly ids: IdSeeds;
  /** Whether it is what an island shows: the browser writes that again, and without keys. */
  readonly inIsland: boolean;
}

let rendering: Rendering | undefined;

/** The render whose page is being written at this moment. */
export function currentRendering(): Rendering | undefined {
  return rendering !== undefined && rendering.depth === rendering.own ? rendering : undefined;
}

/** Whether elements show their keys: in the body of a page of ours, outside of islands, and nowhere else. */
export function isStamping(): boolean {
  return rendering !== undefined && rendering.depth === rendering.own && rendering.heads === 0 &&
    !rendering.inIsland;
}

/** Whether what an island shows is being written. */
export function isInIsland(): boolean {
  return rendering?.inIsland === true;
}

/** The names for attributes of the app whose page is being written; `undefined` for those that are the default. */
export function currentAttributes(): OwnNames | undefined {
  return rendering?.attributes;
}

/** Notes that a component, in the body of a page, asks for an id. */
export function seedId(component: Node): void {
  if (isStamping()) rendering?.ids.seed(component);
}

/** Notes that the renderer was entered (1) or left (-1), by whomever. */
export function moveDepth(by: 1 | -1): void {
  if (rendering !== undefined) rendering.depth += by;
}

/** What a render of a page begins with. */
export function newRendering(
  recorder: Recorder,
  head: { add(html: string): void },
  attributes: OwnNames | undefined,
  ids: IdSeeds = new IdSeeds(),
  inIsland = false,
): Rendering {
  return { recorder, head, attributes, depth: 0, own: 1, heads: 0, offered: undefined, ids, inIsland };
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
