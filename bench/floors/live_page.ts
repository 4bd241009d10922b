/**
 * The floor of a page that comes to life: the same document, with a few lines that open a bare socket in place of the
 * framework's script.
 *
 * @module
 */

import { Attribute } from "../../protocol/markers.ts";
import type { Documents } from "./document.ts";

/** Where it is served, below the floors' URL. */
export const LivePath = { counter: "live/counter", table: "live/table" } as const;

// A module runs when the document is parsed, as the framework's script does; this one need not be fetched.
const script = `<script type="module">
const socket = new WebSocket("ws://" + location.host + "/echo");
socket.onopen = () => socket.send("hello");
socket.onmessage = () => document.documentElement.setAttribute("${Attribute.status}", "online");
</script>`;

/** Answers where the path is one of such a page's. */
export function livePage(pathname: string, documents: Documents): Response | undefined {
  const path = pathname.slice(1);
  if (path !== LivePath.counter && path !== LivePath.table) return undefined;
  const { html } = path === LivePath.counter ? documents.counter : documents.table;
  return new Response(withBareSocket(html), { headers: { "content-type": "text/html; charset=utf-8" } });
}

/**
 * The document with a bare socket's script in place of ours, and a comment that makes up for the length.
 *
 * @throws TypeError for a document without our script
 */
export function withBareSocket(html: string): string {
  const [ours] = html.match(new RegExp(`<script [^>]*${Attribute.page}="[^>]*></script>`)) ?? [];
  if (ours === undefined) {
    throw new TypeError("Cannot replace the script of a document that has none of ours.");
  }
  const length = ours.length - script.length - "<!---->".length;
  return html.replace(ours, () => script) + (length > 0 ? `<!--${" ".repeat(length)}-->` : "");
}
