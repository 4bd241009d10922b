/**
 * A ticket for a new cookie, which a socket cannot set.
 *
 * @module
 */

import { Path } from "../protocol/markers.ts";
import { request } from "./core.ts";
import type { Environment } from "./environment.ts";
import { endpoint } from "./page.ts";

/** Redeems a ticket, as well as the network lets it. */
export async function redeem(script: HTMLScriptElement, ticket: string, env: Environment): Promise<void> {
  await request(env, endpoint(script, Path.ticket, env.location.href).href, {
    method: "POST",
    body: ticket,
    headers: { "content-type": "text/plain" },
  });
}
