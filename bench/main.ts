// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Measures against floors: `deno task bench [PART…] [--rounds N]`. One JSON line each on standard output; see
 * `README.md`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { environment } from "./environment.ts";
import type { Print } from "./line.ts";
import { browser } from "./measures/browser.ts";
import { counter } from "./measures/counter.ts";
import { render } from "./measures/render.ts";
import { sizes } from "./measures/sizes.ts";
import { table } from "./measures/table.ts";

const parts: Readonly<Record<string, (print: Print, options: { rounds: number }) => Promise<void>>> = {
  sizes,
  counter,
  table,
  render,
  browser,
};

/** A run that takes longer has gone wrong. */
const MINUTES = 8;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: "string", default: "5" } },
    allowPositionals: true,
  });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new RangeError(`Cannot take ${values.rounds} rounds: it is a whole number above 0.`);
  }
  const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) {
    throw new RangeError(
      `Cannot measure ${unknown.join(", ")}; there are: ${Object.keys(parts).join(", ")}.`,
    );
  }
  console.log(JSON.stringify(await environment(rounds)));
  for (const [name, measure] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    await measure((line) => console.log(JSON.stringify(line)), { rounds });
  }
}

// Server and browser end with this process: their pipes do.
setTimeout(() => {
  console.error(`The bench has not ended within ${MINUTES} minutes.`);
  Deno.exit(1);
}, MINUTES * 60_000);
try {
  await main();
  Deno.exit(0);
} catch (error) {
  console.error(error);
  Deno.exit(1);
}
