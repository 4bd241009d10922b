/**
 * A connection whose every other part is a fake.
 *
 * @module
 */

import { $, show } from "./browser.ts";
import { FakeEnvironment } from "./fakes.ts";
import { patchesLoader } from "../../client/beside.ts";
import { callsOver } from "../../client/calls.ts";
import type { ReflexError } from "../../client/reflex_error.ts";
import { connection } from "../../client/connection.ts";
import type { Operation } from "../../protocol/operations.ts";

/** A page as the server renders it. */
export function pageOf(token: string, visit: string): string {
  return `<!doctype html><html><head><script type="module" src="/app/_argyle/client-1.js" data-argyle="${token}" ` +
    `data-argyle-visit="${visit}"></script></head><body><p>${token}</p></body></html>`;
}

/** A page that has just begun to connect, as visit v1 with page data T0. */
export function setUp() {
  document.documentElement.removeAttribute("data-argyle-status");
  show(
    "",
    `<script type="x" src="/app/_argyle/client-1.js" data-argyle="T0" data-argyle-visit="v1"></script>`,
  );
  const env = new FakeEnvironment();
  const calls = callsOver(env.clock);
  const patches: (readonly Operation[])[] = [];
  const replaced: string[] = [];
  const interpreter = {
    patch: (operations: readonly Operation[]) => {
      if (operations.some(([, id]) => id === "missing")) throw new TypeError("no such element");
      patches.push(operations);
    },
    replace: (_head: Element, body: Element) => void replaced.push(body.textContent?.trim() ?? ""),
  };
  const line = connection(
    $<HTMLScriptElement>("script"),
    calls,
    interpreter,
    patchesLoader(env.patches),
    env,
  );
  line.wake();
  function online(version = 0) {
    env.socket.open();
    env.socket.say(["ready", version]);
    return env.socket;
  }
  const call = (target: string) => {
    const outcome = calls.call(target, [], {}, () => {});
    line.expect();
    outcome.catch(() => {});
    return outcome;
  };
  return { env, calls, line, patches, replaced, online, call };
}

/** What the root element says. */
export const status = () => document.documentElement.getAttribute("data-argyle-status");
/** Why a call failed. */
export const codeOf = (outcome: Promise<unknown>) =>
  outcome.then(() => "none", (error: ReflexError) => error.code);
