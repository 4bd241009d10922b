/**
 * The scripts beside this one: what only some pages need. Each is loaded when the first of it is met.
 *
 * @module
 */

import { client } from "./core.ts";
import type { Clock } from "../protocol/clock.ts";
import type { DoOperation } from "../protocol/operations.ts";
import type * as patchesScript from "./patches.ts";
import type * as restScript from "./rest.ts";

/** For elements that say more than what they call. */
export type Rest = typeof restScript;

/** For frames that hold more than the server's own markup, and for pages that other code lives in. */
export type Patches = typeof patchesScript;

/** For operations by hand. */
export interface Operations {
  /** Does one; what is to be done later waits by `later`. */
  perform(operation: DoOperation, later: Clock["after"]): void;
}

/** The script for those who hear the page or are at a keyboard. */
export type Care = typeof import("./care.ts");

/** The script that goes to other pages. */
export type Navigation = typeof import("./navigation.ts");

/** Loads one of them, once; what could not be is tried again. */
export interface Load {
  (name: "rest"): Promise<Rest>;
  (name: "patches"): Promise<Patches>;
  (name: "operations"): Promise<Operations>;
  (name: "care"): Promise<Care>;
  (name: "navigation"): Promise<Navigation>;
  (name: "islands"): Promise<unknown>;
}

/** Loads it. */
export type LoadRest = () => Promise<Rest>;

/** Loads it. */
export type LoadPatches = () => Promise<Patches>;

/** What has been loaded. */
export let rest: Rest | undefined;

/** What has been loaded. */
export let patches: Patches | undefined;

/** Keeps what was loaded. */
export function restLoader(load: LoadRest): LoadRest {
  return async () => rest = await load();
}

/** The same for the other script. */
export function patchesLoader(load: LoadPatches): LoadPatches {
  patches = undefined;
  return async () => patches = await load();
}

/** Does something with the script for those who hear the page or are at a keyboard, as soon as it is there. */
export function withCare(run: (care: Care) => void): void {
  void client?.env.load("care").then(run);
}
