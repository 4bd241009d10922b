import { island } from "@argyle/argyle/islands";
import { useState } from "preact/hooks";

/** Throws on the server, in the browser, or when it is clicked. */
function Broken({ on }: { on: "server" | "browser" | "click" | "none" }) {
  const [clicked, click] = useState(false), here = "Deno" in globalThis ? "server" : "browser";
  if (on === here || (clicked && on === "click")) throw new Error(`Broken <${on}>.`);
  return <button type="button" class="broken" onClick={() => click(true)}>whole, {on}</button>;
}

export default island(import.meta.url, Broken);
