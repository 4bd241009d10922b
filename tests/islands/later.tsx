import { island } from "@argyle/argyle/islands";
import { useEffect, useState } from "preact/hooks";

function Later({ says }: { says: string }) {
  const [alive, live] = useState(false);
  useEffect(() => live(true), []);
  return <p class="later">{says}{alive ? " (alive)" : ""}</p>;
}

export default island(import.meta.url, Later, { when: "(min-width: 2000px)" });
