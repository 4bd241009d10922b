/**
 * The parts, put together.
 *
 * @module
 */

import { restLoader } from "./beside.ts";
import { bind } from "./bindings.ts";
import { callsOver } from "./calls.ts";
import { connection } from "./connection.ts";
import { listen, page } from "./dom.ts";
import type { Environment } from "./environment.ts";
import { compose } from "./fields.ts";
import { markHead } from "./head.ts";
import { markScrolled } from "./keep.ts";
import { lifecycle, type Run } from "./lifecycle.ts";
import { markOpen } from "./open.ts";
import { applyOperations, needsRest, replacePage } from "./operations.ts";
import { performer } from "./perform.ts";
import { showStatus } from "./status.ts";

/** A page that lives. */
export interface Client {
  readonly run: Run;
}

/** Brings the page to life. */
export function start(script: HTMLScriptElement, env: Environment): Client {
  const calls = callsOver(env.clock);
  const load = restLoader(env.rest);
  const interpreter = { needsRest, patch: applyOperations, replace: replacePage };
  const line = connection(script, calls, interpreter, load, env);
  const run = lifecycle(calls, line.expect, load, env.clock);

  markHead();
  markOpen(page("documentElement"));
  bind(performer(run), load);
  listen("scroll", ({ target }) => markScrolled(target));
  listen("compositionstart", ({ target }) => compose(target));
  listen("compositionend", () => compose(null));
  listen("visibilitychange", () => page("hidden") || line.wake());
  addEventListener("online", line.wake);
  addEventListener("pagehide", line.sleep);
  addEventListener("pageshow", ({ persisted }) => persisted && line.wake());
  showStatus("connecting");
  line.wake();
  return { run };
}
