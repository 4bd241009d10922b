// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * What it takes to show 2,000 people a change, over one process and over three, on each engine:
 * `deno run -A bench/scaling.ts [ROUNDS]`. Viewers live in a process of their own; all servers share one core, viewers have
 * the other where `taskset` can give it. In each round each setting is started anew, in turns. Its figures stand in
 * `docs/scaling.md`.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Changes, tell, type Times } from "./audience.ts";
import { askProcessorTime, order } from "./control.ts";
import { coresApart } from "./cores.ts";
import { type EngineKind, openPlaces, type Places } from "./engines.ts";
import { quantile } from "./measure.ts";
import { startScaled } from "./scaled_start.ts";
import { start } from "./process.ts";

const VIEWERS = 2000, FEW = 30, CHANGES = 60, COLD = 15;
const rounds = Number(Deno.args[0] ?? 5);

/** What is measured. */
interface Setting {
  readonly kind: EngineKind;
  readonly processes: number;
  /** Threads of one process in place of processes. */
  readonly threads?: boolean;
  /** Bare sockets in place of the framework's. */
  readonly bare?: boolean;
}

const settings: readonly Setting[] = [
  { kind: "memory", processes: 1, bare: true },
  { kind: "memory", processes: 3, bare: true },
  { kind: "memory", processes: 1 },
  { kind: "kv", processes: 1 },
  { kind: "kv", processes: 3, threads: true },
  { kind: "kv and broadcast", processes: 3, threads: true },
  { kind: "redis", processes: 1 },
  { kind: "redis", processes: 3 },
  { kind: "nats", processes: 1 },
  { kind: "nats", processes: 3 },
];

/** What one turn of one setting gives; processor time in milliseconds for one change. */
interface Taken {
  readonly last: readonly number[];
  readonly called: readonly number[];
  /** Of each process, with all viewers, by `app.publish`; the first one publishes. */
  readonly processor: readonly number[];
  readonly calledProcessor: readonly number[];
  /** With few viewers. */
  readonly idle: readonly number[];
  readonly renders: readonly number[];
}

async function take(setting: Setting, places: Places, core: string | undefined): Promise<Taken> {
  const { kind, processes, threads = false, bare = false } = setting;
  const descriptors = 2 * VIEWERS + 200;
  await using scope = new AsyncDisposableStack();
  const servers = scope.use(
    await startScaled({ place: await places.place(kind), processes, threads, core, descriptors }),
  );
  const { controls, apps } = servers;
  const told = bare ? controls.join(",") : controls[0]!;
  const viewers = scope.use(
    await start("audience.ts", [bare ? "fan" : "news", apps.join(","), told], { descriptors }),
  );
  const ask = (deed: (control: string) => Promise<number>) => Promise.all(controls.map(deed));
  // One process has one time, whichever thread is asked.
  const clocks = () =>
    threads ? ask(askProcessorTime).then((all) => [Math.max(...all)]) : ask(askProcessorTime);

  const change = async (changes: Changes) => {
    const before = await clocks();
    const { last } = await tell<Times>(viewers, ["change", changes]);
    const after = await clocks();
    return { last, processor: after.map((time, at) => (time - before[at]!) / changes.count) };
  };
  assert.equal(await tell(viewers, ["open", FEW]), FEW);
  await change({ count: COLD });
  const idle = await change({ count: CHANGES });
  assert.equal(await tell(viewers, ["open", VIEWERS - FEW]), VIEWERS);
  await change({ count: COLD });
  const before = bare ? [] : await ask((control) => order<number>(control, "renders"));
  const all = await change({ count: CHANGES });
  const after = bare ? [] : await ask((control) => order<number>(control, "renders"));
  if (!bare) await change({ count: COLD, called: true });
  const called = bare ? { last: [], processor: [] } : await change({ count: CHANGES, called: true });
  return {
    last: all.last,
    called: called.last,
    processor: all.processor,
    calledProcessor: called.processor,
    idle: idle.processor,
    renders: after.map((count, at) => (count - before[at]!) / CHANGES),
  };
}

function nameOf({ kind, processes, threads = false, bare = false }: Setting): string {
  return `${bare ? "bare sockets" : kind}, ${processes} ${
    threads ? "threads" : processes === 1 ? "process" : "processes"
  }`;
}

function digits(value: number): number {
  return Number(value.toPrecision(3));
}

/** The middle of what each round says, with the least and the most. */
function spread(values: readonly number[]): string {
  const [middle, low, high] = [0.5, 0, 1].map((part) => digits(quantile(values, part)));
  return `${middle} (${low} … ${high})`;
}

function report(setting: Setting, taken: readonly Taken[]): Record<string, unknown> {
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const times = (of: "last" | "called") => ({
    p50: spread(taken.map((round) => quantile(round[of], 0.5))),
    p99: digits(quantile(taken.flatMap((round) => round[of]), 0.99)),
    samples: taken.flatMap((round) => round[of]).length,
  });
  return {
    setting: nameOf(setting),
    publish: times("last"),
    ...setting.bare ? {} : { call: times("called") },
    processor: {
      publish: spread(taken.map(({ processor }) => sum(processor))),
      ...setting.bare ? {} : { call: spread(taken.map(({ calledProcessor }) => sum(calledProcessor))) },
      few: spread(taken.map(({ idle }) => sum(idle))),
      each: taken[0]!.processor.map((_, at) =>
        digits(quantile(taken.map(({ processor }) => processor[at]!), 0.5))
      ),
      sendMicroseconds: spread(
        taken.map(({ processor, idle }) => 1000 * (sum(processor) - sum(idle)) / (VIEWERS - FEW)),
      ),
    },
    renders: taken.map(({ renders }) => renders),
  };
}

await using cores = await coresApart();
await using places = openPlaces();
const all = settings.map((setting) => ({ setting, taken: [] as Taken[] }));
console.log(
  JSON.stringify({
    bench: new Date().toISOString(),
    viewers: VIEWERS,
    cores: cores.note,
    load: Deno.loadavg(),
  }),
);
for (let round = 0; round < rounds; round++) {
  for (const { setting, taken } of round % 2 === 0 ? all : all.toReversed()) {
    taken.push(await take(setting, places, cores.server));
    console.error(`${round} ${nameOf(setting)} load ${Deno.loadavg()[0]?.toFixed(1)}`);
  }
}
for (const { setting, taken } of all) console.log(JSON.stringify(report(setting, taken)));
