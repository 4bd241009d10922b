import { island } from "@argyle/argyle/islands";
import type { Html } from "@argyle/argyle";
import { useEffect } from "preact/hooks";

interface Told {
  told?: string[];
}

/** Shows nothing but its children, and tells that it is there. */
function Frame({ children }: { children?: Html }) {
  useEffect(() => void ((globalThis as Told).told ??= []).push("frame came"), []);
  return <>{children}</>;
}

export default island(import.meta.url, Frame, { when: "visible" });
