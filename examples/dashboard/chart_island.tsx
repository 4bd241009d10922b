import { reflex } from "@argyle/argyle/client";
import { island } from "@argyle/argyle/islands";
import { useOptimistic } from "@argyle/argyle/preact";
import { useEffect, useState } from "preact/hooks";
import { HEIGHT, lineOf, placeOf, spoken, timeOf, WIDTH, windowOf } from "./chart.ts";
import type { Dashboard } from "./dashboard.ts"; // the type, and nothing else
import type { Curve } from "./readings.ts";

const dashboard = reflex<Dashboard>("Dashboard");

interface ChartProps {
  curves: readonly Curve[];
  moments: readonly number[];
  marks: readonly number[];
}

/** The curves. How far one has zoomed in is this browser's own; what is marked is shown before the server has heard of it. */
function Chart({ curves, moments, marks }: ChartProps) {
  const [zoom, setZoom] = useState(1);
  const [problem, setProblem] = useState("");
  const [isAlive, setAlive] = useState(false); // what does nothing yet is not offered
  useEffect(() => setAlive(true), []);
  const [marked, mark] = useOptimistic(marks, dashboard.mark, flipped);
  const flip = async (at: number, on: boolean) => {
    setProblem("");
    try {
      await mark({ at, on });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const window = windowOf(moments, zoom);
  return (
    <figure id="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-labelledby="chart-title"
        preserveAspectRatio="none"
      >
        <title id="chart-title">{curves.map((curve) => spoken(curve, moments, window)).join(" ")}</title>
        {marked.filter((at) => at >= window.from).map((at) => (
          <line key={at} class="mark" x1={placeOf(at, window)} x2={placeOf(at, window)} y1="0" y2={HEIGHT} />
        ))}
        {curves.map(({ id, values }) => (
          <polyline key={id} class={id} points={lineOf(values, moments, window)} />
        ))}
      </svg>
      <figcaption>
        <span class="zoom">
          <button type="button" id="zoom" disabled={!isAlive} onClick={() => setZoom(zoom + 1)}>
            Zoom in
          </button>
          <button type="button" id="zoom-out" class="plain" disabled={zoom === 1} onClick={() => setZoom(1)}>
            All
          </button>
          <span>
            Zoom <output id="zoom-level" for="zoom">{zoom}</output>
          </span>
        </span>
        <button
          type="button"
          id="mark"
          class="plain"
          disabled={!isAlive}
          onClick={() => void flip(moments.at(-1) ?? 0, true)}
        >
          Mark this moment
        </button>
      </figcaption>
      <ul id="marks" aria-label="Marked moments">
        {marked.map((at) => (
          <li key={at}>
            <span>{timeOf(at)}</span>
            <button
              type="button"
              class="plain"
              aria-label={`Remove the mark at ${timeOf(at)}`}
              onClick={() => void flip(at, false)}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
      <p id="problem" role="alert">{problem}</p>
    </figure>
  );
}

/** What the marks are after a call. */
function flipped(marks: readonly number[], { at, on }: { at: number; on: boolean }): readonly number[] {
  const others = marks.filter((mark) => mark !== at);
  return on ? [...others, at].sort((a, b) => a - b) : others;
}

export default island(import.meta.url, Chart, { when: "load" });
