/**
 * Frames that few pages ever get: a ticket for a new cookie, which a socket cannot set, another page or the way to it, and
 * faults that are no call's.
 *
 * @module
 */

import type { ServerFrame } from "../protocol/frames.ts";
import { EVENT_PREFIX } from "../protocol/markers.ts";
import { client } from "./core.ts";
import { announce } from "./dom.ts";
import type { Environment } from "./environment.ts";
import { request } from "./refresh.ts";

/** Does what a frame says. False where the page has to be loaded again after it. */
export async function receive(
  frame: ServerFrame,
  script: HTMLScriptElement,
  env: Environment,
): Promise<boolean> {
  // Whatever has become of it, the page that comes next says who this is.
  const redeem = (ticket: string) =>
    request(env, new URL("ticket", script.src).href, {
      method: "POST",
      body: ticket,
      headers: { "content-type": "text/plain" },
    });
  switch (frame[0]) {
    case "error": {
      const [, , code, message] = frame;
      announce(document, `${EVENT_PREFIX}error`, { code, message });
      return true;
    }
    case "ticket":
      await redeem(frame[1]);
      return false;
    case "page":
      client?.visits?.receive(frame);
      if (frame[6]) await redeem(frame[6]);
      return true;
    case "go": {
      const [, to, ticket, replace] = frame, { href } = env.location;
      if (ticket) await redeem(ticket);
      if (client?.visits?.follow(to, !!replace, !!ticket)) return true;
      if (replace) env.location.replace(to);
      else env.location.href = to;
      // A fragment of this page is not loaded by itself.
      if (to.includes("#") && bare(new URL(to, href).href) === bare(href)) env.location.reload();
    }
  }
  return true;
}

function bare(url: string): string {
  return url.replace(/#.*/, "");
}
