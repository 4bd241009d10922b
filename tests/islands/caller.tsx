import { reflex } from "@argyle/argyle/client";
import { island } from "@argyle/argyle/islands";
import { useState } from "preact/hooks";
import type { Sums } from "./sums.ts";

const sums = reflex<Sums>("Sums");

/** Calls the server. */
function Caller({ by }: { by: number }) {
  const [sum, show] = useState(0);
  return <button type="button" id="caller" onClick={async () => show(await sums.add(by))}>{sum}</button>;
}

export default island(import.meta.url, Caller);
