/**
 * The script for operations by hand: whatever a server does to a page beside keeping it up to date. Nothing that goes
 * wrong here is a doubt about the page: it is reported, and the rest goes on.
 *
 * @module
 */

import { EVENT_PREFIX } from "../protocol/markers.ts";
import type { DoOperation } from "../protocol/operations.ts";
import { type Act, actions } from "./actions.ts";
import { call, own } from "./call.ts";
import { changes } from "./changes.ts";
import { announce, change, client, DONE } from "./core.ts";
import { deny, kebab } from "./deny.ts";

import type { Detail } from "./own_operation.ts";
import { focus, targets } from "./targets.ts";

/** How many of each batch are to be done yet. */
const left: Record<string, number> = { __proto__: null as never };

/** One has failed in such a way that those behind it are not wanted any more. */
let stopped = false;

/**
 * Performs one operation: at once, where it has no delay, so that the next finds the page as this one has left it. It
 * never throws: what goes wrong is reported.
 *
 * @returns when it is done
 */
export async function perform([, name, selector, said = {}]: DoOperation): Promise<void> {
  if (stopped) return;
  const { batch, delay, missing } = said as { batch?: string; delay?: number; missing?: string };
  const about = { operation: name, selector }, failed = `Cannot perform ${name}(${selector ?? ""}): `;
  const report = (cause: unknown) => reportError(new TypeError(failed + (cause as Error).message, { cause }));
  left[batch!] = (left[batch!] ?? 0) + 1;
  if (delay) await new Promise<void>((resolve) => setTimeout(resolve, delay));
  try {
    const act: Act = changes[name] ?? actions[name] ?? client?.operations?.get(name) ??
      deny("the name");
    const elements = targets(selector ?? ":root", said);
    for (const element of elements) {
      try {
        const detail: Detail = { ...about, ...said };
        const event = (when: string) =>
          announce(
            selector !== null && own(element, "isConnected") ? element : document,
            EVENT_PREFIX + when + kebab(name),
            detail,
          );
        const run = () => act(element, detail, name);
        if (call(element, "closest", DONE)) deny("the target");
        if (!event("before-") || detail.cancel) continue;
        // What takes the place of the server's is for the server to put right; what is put in beside it is not.
        const done = changes[name]
          ? change(run, false, /^(gra|inn|out|rep|mor)/.test(name) || undefined)
          : run();
        if (done?.then) await done;
        if (detail.focusSelector) focus(targets(detail.focusSelector as string)[0]);
        event("after-");
      } catch (error) {
        report(error);
      }
    }
    if (elements[0]) {
      // It was there.
    } else if (missing === "event") announce(document, `${EVENT_PREFIX}missing-element`, about);
    else if (missing === "exception") {
      stopped = true;
      queueMicrotask(() => stopped = false);
      deny("a missing element");
      // deno-lint-ignore no-console -- the console is where whoever writes a page looks
    } else if (missing !== "ignore") console.warn(`${failed}a missing element`);
  } catch (error) {
    report(error);
  }
  await null; // those that have come together with it are begun by then
  if (--left[batch!]!) return;
  delete left[batch!];
  if (batch) announce(document, `${EVENT_PREFIX}batch-complete`, { batch });
}
