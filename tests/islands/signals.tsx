import { island } from "@argyle/argyle/islands";
import { effect, type Signal, signal } from "@preact/signals-core";
import { useEffect, useState } from "preact/hooks";

/** Shows a signal, and how often an effect has seen another. */
function Signals({ price, half }: { price: Signal<number>; half: Signal<number> }) {
  const [seen, see] = useState<number[]>([]);
  useEffect(() =>
    effect(() => {
      const { value } = price;
      see((seen) => [...seen, value]);
    }), [price]);
  return <p id="signals">{price.value} {half.value} {seen.join("+")}</p>;
}

export default island(import.meta.url, Signals, { signal });
