/**
 * What has to be there before a frame is heard.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import type { DoOperation } from "../protocol/operations.ts";
import type { Care, Operations } from "./beside.ts";
import { isStill } from "./come.ts";
import { client } from "./core.ts";
import { contains, first, page } from "./dom.ts";
import type { Environment } from "./environment.ts";

/** What is a matter of the script that cares for those at a keyboard, or who hear the page: in a frame, and in the page. */
const CARED = RegExp(`autofocus|<dialog|${Attribute.announce}`), CARED_FOR = `dialog,[${Attribute.announce}]`;

let operations: Operations | undefined;
let care: Care | undefined;
let env: Environment | undefined;

/** Gets what a frame needs, and has it heard. */
export async function prepare(text: string, hearFrame: () => void, outside: Environment): Promise<void> {
  const cares = CARED.test(text);
  if (cares) void client?.need();
  if (cares || (!env && first(page("documentElement"), CARED_FOR))) care ??= await outside.load("care");
  env = outside;
  if (text.includes('["do"')) operations ??= await env.load("operations");
  const hear = () => care ? care.attend(hearFrame, outside.clock) : hearFrame();
  // Not every browser has it.
  const show: Document["startViewTransition"] | undefined = page("startViewTransition");
  const wished = text.startsWith('["patch"') &&
    first(page("head"), "[name=view-transition][content=same-origin]");
  if (!wished || !show || isStill()) return hear();
  const { ready, finished, updateCallbackDone } = show.call(document, hear);
  // Where it is skipped, the patch is heard all the same.
  for (const promise of [ready, finished]) promise.catch(() => {});
  await updateCallbackDone;
}

/** Before an element begins to go: for keyboards and ears it is gone. */
export function goes(element: Element): void {
  const active = page("activeElement");
  if (care) care.goes(element);
  else if (active && contains(element, active)) void env?.load("care").then(({ goes }) => goes(element));
}

/** Does an operation that was written by hand. */
export function perform(operation: DoOperation): void {
  if (env) operations?.perform(operation, env.clock.after);
}
