import { island } from "@argyle/argyle/islands";
import type { Html } from "@argyle/argyle";
import { useEffect, useId, useState } from "preact/hooks";

interface Told {
  told?: string[];
}

/** Counts by itself, shows what the server says, and tells when it comes and goes. */
function Counter({ id, says, children }: { id: string; says: unknown; children?: Html }) {
  const [count, setCount] = useState(0), name = useId();
  useEffect(() => {
    const { told = (globalThis as Told).told = [] } = globalThis as Told;
    told.push(`${id} came`);
    return () => void told.push(`${id} went`);
  }, []);
  return (
    <section id={id}>
      <label for={name}>{String(says)}</label>
      <input id={name} class="text" />
      <button type="button" class="count" onClick={() => setCount(count + 1)}>{count}</button>
      <div class="inside">{children}</div>
    </section>
  );
}

export default island(import.meta.url, Counter);
