/**
 * Frames that few pages ever get: a ticket for a new cookie, which a socket cannot set, the way to another page, and faults
 * that are no call's.
 *
 * @module
 */

import type { ServerFrame } from "../protocol/frames.ts";
import { EVENT_PREFIX, Path } from "../protocol/markers.ts";
import { announce } from "./dom.ts";
import type { Environment } from "./environment.ts";
import { endpoint } from "./page.ts";
import { request } from "./refresh.ts";

/** Does what a frame says. False where the page has to be loaded again after it. */
export async function receive(
  frame: ServerFrame,
  script: HTMLScriptElement,
  env: Environment,
): Promise<boolean> {
  if (frame[0] === "error") {
    const [, , code, message] = frame;
    announce(document, `${EVENT_PREFIX}error`, { code, message });
  }
  if (frame[0] !== "go" && frame[0] !== "ticket") return true;
  const [to, ticket] = frame[0] === "go" ? frame.slice(1) : [undefined, frame[1]];
  if (typeof ticket === "string") {
    // Whatever has become of it, the page that comes next says who this is.
    await request(env, endpoint(script, Path.ticket, env.location.href).href, {
      method: "POST",
      body: ticket,
      headers: { "content-type": "text/plain" },
    });
  }
  if (typeof to !== "string") return false;
  env.location.href = to;
  return true;
}
