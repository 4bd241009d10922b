/**
 * The parts, put together.
 *
 * @module
 */

import type { ElementData, Json } from "../protocol/frames.ts";
import { bind } from "./bindings.ts";
import { callsOver } from "./calls.ts";
import { connection } from "./connection.ts";
import { listen, page } from "./dom.ts";
import type { Environment } from "./environment.ts";
import { compose } from "./fields.ts";
import { markHead } from "./head.ts";
import { markScrolled } from "./keep.ts";
import { markOpen } from "./open.ts";
import { applyOperations, replacePage } from "./operations.ts";
import { performer } from "./perform.ts";
import { showStatus } from "./status.ts";

/** A page that lives. */
export interface Client {
  /** Calls `Class#method`. The promise always settles; it rejects with a {@linkcode CallError}. */
  call(target: string, args?: readonly Json[], element?: ElementData): Promise<Json | undefined>;
}

/** Brings the page to life. */
export function start(script: HTMLScriptElement, env: Environment): Client {
  const calls = callsOver(env.clock);
  const line = connection(script, calls, { patch: applyOperations, replace: replacePage }, env);

  function call(
    target: string,
    args: readonly Json[] = [],
    element: ElementData = {},
  ): Promise<Json | undefined> {
    const outcome = calls.call(target, args, element);
    line.expect();
    return outcome;
  }

  markHead();
  markOpen(page("documentElement"));
  bind(performer(call));
  listen("scroll", ({ target }) => markScrolled(target));
  listen("compositionstart", ({ target }) => compose(target));
  listen("compositionend", () => compose(null));
  listen("visibilitychange", () => page("hidden") || line.wake());
  addEventListener("online", () => line.wake());
  addEventListener("pagehide", () => line.sleep());
  addEventListener("pageshow", ({ persisted }) => persisted && line.wake());
  showStatus("connecting");
  line.wake();
  return { call };
}
