/**
 * The floor of a click: a page whose button sends a few bytes and writes into the document what comes back.
 *
 * @module
 */

import { Attribute } from "../../protocol/markers.ts";

/** The name of its line. */
export const DOM = "dom.click";

const page = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Floor</title></head><body>
<output id="count">0</output><button type="button" id="increment">+1</button>
<script>
  const output = document.getElementById("count"), socket = new WebSocket("ws://" + location.host + "/echo");
  let clicks = 0;
  document.getElementById("increment").addEventListener("click", () => socket.send(String(++clicks)));
  socket.onmessage = ({ data }) => { output.textContent = data; };
  socket.onopen = () => document.documentElement.setAttribute("${Attribute.status}", "online");
</script></body></html>`;

/** Serves the page; it finds its echo at `/echo`. */
export function domPage(): Response {
  return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
}
