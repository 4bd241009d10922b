// deno-lint-ignore-file no-console -- it speaks to the terminal
/**
 * Proof by fault: `deno task chaos --seconds 60 --seed 7`. Real pages click while processes are killed, connections cut,
 * frozen and delayed, and the store is restarted; then everything is held against the truth. The faults and the clicks
 * follow from the seed.
 *
 * | option | |
 * | --- | --- |
 * | `--seconds N` | how long things go wrong, in each of the runs; 30 |
 * | `--seed S` | a number; one of the time where left out |
 * | `--clients N` | pages; 60 |
 * | `--processes N` | on Redis; 3 |
 * | `--on redis`, `--on kv` | one of the two runs alone |
 * | `--wake` | browsers are told when the network is back |
 *
 * @module
 */

import { parseArgs } from "node:util";
import { run } from "./run.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seconds: { type: "string", default: "30" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000) % 1_000_000) },
    processes: { type: "string", default: "3" },
    clients: { type: "string", default: "60" },
    on: { type: "string", default: "redis,kv" },
    wake: { type: "boolean", default: false },
  },
});

function number(name: "seconds" | "seed" | "clients" | "processes"): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`Cannot use --${name} ${values[name]}: it is a whole number above 0.`);
  Deno.exit(2);
}

const seed = number("seed"),
  seconds = number("seconds"),
  clients = number("clients"),
  processes = number("processes");
let isWrong = false;
for (const store of values.on.split(",")) {
  if (store !== "redis" && store !== "kv") {
    console.error(`Cannot run on ${store}: there are redis and kv.`);
    Deno.exit(2);
  }
  console.log(`\n${store}, seed ${seed}`);
  const { wrong, summary } = await run({
    seed,
    seconds,
    processes,
    clients,
    store,
    wakes: values.wake,
    tell: console.log,
  });
  console.log(`\n${summary}`);
  for (const sentence of wrong) console.error(`WRONG: ${sentence}`);
  console.log(wrong.length === 0 ? "all is well" : `${wrong.length} things are wrong; seed ${seed}`);
  isWrong ||= wrong.length > 0;
}
Deno.exit(isWrong ? 1 : 0);
