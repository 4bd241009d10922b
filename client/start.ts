/**
 * The parts, put together.
 *
 * @module
 */

import { patchesLoader, restLoader } from "./beside.ts";
import { bind } from "./bindings.ts";
import { type Calls, callsOver } from "./calls.ts";
import { type Connection, connection } from "./connection.ts";
import { first, listen, page } from "./dom.ts";
import type { Environment } from "./environment.ts";
import { compose } from "./fields.ts";
import { lifecycle, type Run } from "./lifecycle.ts";
import { markOpen } from "./open.ts";
import { applyOperations, replacePage } from "./operations.ts";
import type { OwnOperation } from "./own_operation.ts";
import { performer } from "./perform.ts";
import { RARELY } from "./rare.ts";
import { showStatus } from "./status.ts";
import type { Visits } from "./visits.ts";

/** A page that lives. */
export interface Client extends Connection {
  readonly run: Run;
  readonly env: Environment;
  readonly calls: Calls;
  /** Whether somebody wants to be asked before an element changes, and told when it has. */
  hooked?: boolean;
  /** Goes to other pages. */
  visits?: Visits;
  /** Operations of the page's own; they come with the script that names the first. */
  operations?: Map<string, OwnOperation>;
}

/** Brings the page to life. */
export function start(script: HTMLScriptElement, env: Environment): Client {
  const calls = callsOver(env.clock);
  const load = restLoader(() => env.load("rest"));
  const interpreter = { patch: applyOperations, replace: replacePage };
  const line = connection(script, calls, interpreter, patchesLoader(() => env.load("patches")), env);
  const run = lifecycle(calls, line.expect, load, env.clock);

  markOpen(page("documentElement"));
  bind(performer(run), load, line.need);
  // Where somebody has written or moved something, there is something to be lost: a patch, or a page that is fetched anew
  // after the server has got other scripts, finds this one at hand.
  const mark = ({ target }: Event) => {
    if (target instanceof Element) line.need().then((patches) => patches.markScrolled(target), () => {});
  };
  listen("input", mark); // a field scrolls as well, while somebody writes
  listen("scroll", mark);
  listen("compositionstart", compose);
  listen("compositionend", () => compose());
  listen("visibilitychange", () => page("hidden") || line.wake());
  addEventListener("online", line.wake);
  addEventListener("pagehide", line.sleep);
  addEventListener("pageshow", ({ persisted }) => persisted && line.wake());
  showStatus("connecting");
  line.wake();
  if (first(page("documentElement"), RARELY)) line.need().catch(() => {}); // the first frame tries again, and tells
  return { run, env, calls, ...line };
}
