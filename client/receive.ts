/**
 * Frames that few pages ever get: a ticket for a new cookie, which a socket cannot set, and the way to another page.
 *
 * @module
 */

import type { ServerFrame } from "../protocol/frames.ts";
import { Path } from "../protocol/markers.ts";
import { request } from "./core.ts";
import type { Environment } from "./environment.ts";
import { endpoint } from "./page.ts";

/** Does what a frame says. True where the browser leaves the page by that; else the page has to be loaded again. */
export async function receive(
  frame: ServerFrame,
  script: HTMLScriptElement,
  env: Environment,
): Promise<boolean> {
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
