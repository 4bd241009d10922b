/**
 * What has to be there before a frame is heard.
 *
 * @module
 */

import { Attribute, IslandMark } from "../protocol/markers.ts";
import type { DoOperation } from "../protocol/operations.ts";
import type { Care, Operations } from "./beside.ts";
import { isStill } from "./come.ts";
import { client } from "./core.ts";
import { contains, first, page } from "./dom.ts";
import type { Environment } from "./environment.ts";

/** What is a matter of the script that cares for those at a keyboard, or who hear the page: in a frame, and in the page. */
const CARED = RegExp(`autofocus|<dialog|${Attribute.announce}`), CARED_FOR = `dialog,[${Attribute.announce}]`;

/** Gets the script that goes to other pages, for the links and forms that ask for it. */
function goesOver(): void {
  // What it cannot do without that script, the browser does by itself.
  client?.env.load("navigation").catch(() => {});
}

if (globalThis.document && first(page("documentElement"), `[${Attribute.navigate}]`)) goesOver();
/** What is a matter of the script of islands. */
const ISLANDS = RegExp(`<${IslandMark.element}|"setProps"`);

let operations: Operations | undefined;
let care: Care | undefined;
let env: Environment | undefined;

/** Gets what a frame needs, and has it heard. */
export async function prepare(text: string, hearFrame: () => void, outside: Environment): Promise<void> {
  const cares = CARED.test(text);
  if (cares) void client?.need();
  if (cares || (!env && first(page("documentElement"), CARED_FOR))) care ??= await outside.load("care");
  // Without it, what the server has written is there.
  if (ISLANDS.test(text)) await outside.load("islands").catch(() => {});
  env = outside;
  if (text.includes(Attribute.navigate)) goesOver();
  if (text.startsWith('["page"')) await client?.visits?.prepare(text);
  if (text.includes('["do"')) operations ??= await env.load("operations");
  const hear = () => care ? care.attend(hearFrame, outside.clock) : hearFrame();
  // Not every browser has it.
  const show: Document["startViewTransition"] | undefined = page("startViewTransition");
  const wished = /^\["pa(tch|ge)"/.test(text) &&
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
