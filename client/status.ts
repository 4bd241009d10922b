/**
 * Whether the page is live, for styles (an attribute of the root element) and for scripts (DOM events).
 *
 * @module
 */

import { Attribute, EVENT_PREFIX } from "../protocol/markers.ts";
import { announce, attribute, page } from "./dom.ts";

/** What the root element says. */
export type Status = "connecting" | "online" | "offline";

/** Says it, and when it is news, tells it. */
export function showStatus(status: Status): void {
  const root = page("documentElement");
  if (attribute(root, Attribute.status) === status) return;
  root.setAttribute(Attribute.status, status);
  if (status === "connecting") return;
  announce(document, `${EVENT_PREFIX}${status === "online" ? "connected" : "disconnected"}`);
}
