import { island } from "@argyle/argyle/islands";
import type { Html } from "@argyle/argyle";
import { useState } from "preact/hooks";

/** Shows its children on one side, on the other, or not at all. */
function Fold({ first = "left", children }: { first?: string; children?: Html }) {
  const [side, setSide] = useState(first);
  return (
    <div id="fold" data-side={side}>
      {side === "left" && <nav>{children}</nav>}
      {["left", "right", "none"].map((side) => (
        <button
          key={side}
          type="button"
          id={side}
          onClick={() => setSide(side)}
        >
          {side}
        </button>
      ))}
      {side === "right" && (
        <aside>
          <p>On the right:</p>
          {children}
        </aside>
      )}
    </div>
  );
}

export default island(import.meta.url, Fold);
