import { island } from "@argyle/argyle/islands";
import type { Html } from "@argyle/argyle";
import Counter from "./counter.tsx";

/** Has another island as a plain component, and what the server shows beside it. */
function Outer({ children }: { children?: Html }) {
  return (
    <article id="outer">
      <Counter id="inner" says="inside" />
      {children}
    </article>
  );
}

export default island(import.meta.url, Outer, { when: "idle" });
