import { island } from "@argyle/argyle/islands";
import { useState } from "preact/hooks";

/** What travels: all kinds of values, and what refers to itself. */
export interface ChartProps {
  values: number[];
  at: Date;
  names: Map<string, Set<number>>;
  big: bigint;
  nothing?: undefined;
  self?: unknown;
}

function Chart({ values, at, names, big, self }: ChartProps) {
  const [zoom, setZoom] = useState(1);
  return (
    <figure id="chart">
      {values.map((value) => <b key={value}>{value * zoom}</b>)}
      <figcaption>
        {at.getUTCFullYear()} {[...names].map(([name, all]) => `${name}=${[...all].join("+")}`)} {`${big}`}
        {self === undefined || (self as { self: unknown }).self === self ? "" : "not itself"}
      </figcaption>
      <button type="button" id="zoom" onClick={() => setZoom(zoom * 2)}>Zoom</button>
    </figure>
  );
}

export default island(import.meta.url, Chart, { when: "visible" });
