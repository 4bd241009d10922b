// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Measures against floors: `deno task bench [PART…] [--rounds N] [--compare FILE]`. One JSON line each on standard
 * output; see `README.md`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { loadRecording } from "./compare.ts";
import { environment } from "./environment.ts";
import type { Print } from "./line.ts";
import { browser } from "./measures/browser.ts";
import { change } from "./measures/change.ts";
import { counter } from "./measures/counter.ts";
import { events } from "./measures/events.ts";
import { frozen } from "./measures/frozen.ts";
import { http } from "./measures/http.ts";
import { islands } from "./measures/islands.ts";
import { load } from "./measures/load.ts";
import { memory } from "./measures/memory.ts";
import { publish } from "./measures/publish.ts";
import { render } from "./measures/render.ts";
import { sizes } from "./measures/sizes.ts";
import { sync } from "./measures/sync.ts";
import { table } from "./measures/table.ts";
import type { RecordedLine, Recording } from "./recording.ts";
import { report } from "./report.ts";

const parts: Readonly<Record<string, (print: Print, options: { rounds: number }) => Promise<void>>> = {
  sizes,
  counter,
  table,
  load,
  publish,
  sync,
  events,
  frozen,
  http,
  memory,
  render,
  change,
  browser,
  islands,
};

/** A run that takes longer has gone wrong; one of more than five rounds has as much more. */
const MINUTES = 20;

interface Wanted {
  readonly rounds: number;
  readonly parts: readonly string[];
  /** What the run is compared with. */
  readonly before: Recording | undefined;
}

async function main({ rounds, parts: wanted, before }: Wanted): Promise<void> {
  const seen = await environment(rounds);
  console.log(JSON.stringify(seen));
  const lines: RecordedLine[] = [];
  for (const [part, measure] of Object.entries(parts)) {
    if (!wanted.includes(part)) continue;
    await measure((line) => {
      lines.push({ part, ...line });
      console.log(JSON.stringify({ part, ...line }));
    }, { rounds });
  }
  if (before === undefined) return;
  // What was not asked for is not missing.
  const asked = before.lines.filter(({ part }) => wanted.includes(part) || !Object.hasOwn(parts, part));
  console.error(report({ ...before, lines: asked }, { environment: seen, lines }));
}

async function readArguments(): Promise<Wanted> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: "string", default: "5" }, compare: { type: "string" } },
    allowPositionals: true,
  });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new RangeError(`Cannot take ${values.rounds} rounds: it is a whole number above 0.`);
  }
  const all = Object.keys(parts);
  const unknown = positionals.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new RangeError(`Cannot measure ${unknown.join(", ")}; there are: ${all.join(", ")}.`);
  }
  const before = values.compare === undefined ? undefined : await loadRecording(values.compare);
  if (positionals.length > 0) return { rounds, parts: positionals, before };
  const found = before?.lines.map(({ part }) => part).filter((part) => all.includes(part)) ?? all;
  if (found.length === 0) {
    throw new TypeError(`Cannot compare with ${values.compare}: it has none of the parts ${all.join(", ")}.`);
  }
  return { rounds, parts: found, before };
}

// What cannot be done needs a sentence, not the place in our code.
function refuse(error: unknown): never {
  console.error(error instanceof TypeError || error instanceof RangeError ? error.message : error);
  Deno.exit(1);
}

const wanted = await readArguments().catch(refuse);
const minutes = MINUTES * Math.max(1, wanted.rounds / 5);
// Server and browser end with this process: their pipes do.
setTimeout(() => {
  console.error(`The bench has not ended within ${minutes} minutes.`);
  Deno.exit(1);
}, minutes * 60_000);
try {
  await main(wanted);
  Deno.exit(0);
} catch (error) {
  console.error(error);
  Deno.exit(1);
}
