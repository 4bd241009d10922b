/**
 * The line to `deno task dev`: it tells, and is told nothing.
 *
 * @module
 */

import { Attribute, Path } from "../protocol/markers.ts";
import type { Fault } from "./dev_overlay.ts";

/** Whether the app runs. */
export type State = "starting" | "ready" | "failed";

/** What is told. */
export type DevNews =
  | { readonly kind: "state"; readonly state: State; readonly start: number; readonly fault?: Fault }
  | { readonly kind: "fault"; readonly fault: Fault; readonly isPast?: boolean }
  | { readonly kind: "css" | "image"; readonly path: string };

/** Milliseconds until the next attempt. */
const AGAIN = 1000;

/** Listens for as long as the page lives. */
export function devChannel(token: string, hear: (news: DevNews) => void): void {
  const url = new URL(`${Path.dev}?token=${token}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const line = new WebSocket(url);
  let opened = false;
  line.onopen = () => opened = true;
  line.onmessage = ({ data }) => hear(JSON.parse(data));
  line.onclose = () =>
    setTimeout(async () => devChannel(opened ? token : await freshToken(token), hear), AGAIN);
}

// `dev` may have been started anew: then it has another token, and its pages know it.
async function freshToken(token: string): Promise<string> {
  try {
    const html = await (await fetch(location.href, { headers: { accept: "text/html" } })).text();
    return new RegExp(`${Attribute.dev}="(\\w+)\\.`).exec(html)?.[1] ?? token;
  } catch {
    return token; // nobody is there: it is asked again
  }
}
