// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * What people cost who are `present`: processor time of three processes with 2,000 of them at rest, and for one who comes,
 * whom all others are shown: `deno run -A bench/present.ts [ROUNDS [ENGINE…]]`. Its figures stand in `docs/scaling.md`.
 *
 * @module
 */

import { askProcessorTime, order } from "./control.ts";
import { coresApart } from "./cores.ts";
import { tell } from "./audience.ts";
import { type EngineKind, openPlaces } from "./engines.ts";
import { quantile } from "./measure.ts";
import { start } from "./process.ts";
import { Reader } from "./reader.ts";
import { startScaled } from "./scaled_start.ts";

const engines: readonly EngineKind[] = ["redis", "nats"];
const PEOPLE = 1999, PROCESSES = 3, REST_MS = 6000, COMES = 4;
/** Milliseconds after which what a coming crowd leaves behind is done: the Redis client's timers take five seconds. */
const SETTLE_MS = 6500;
const rounds = Number(Deno.args[0] ?? 3);
const wanted = Deno.args.slice(1);
const kinds = engines.filter((kind) => wanted.length === 0 || wanted.includes(kind));

interface Taken {
  /** Milliseconds of processor a second, of all processes. */
  readonly quiet: number;
  readonly looking: number;
  readonly present: number;
  /** For each of those who open the shared page without being on it: GET, socket, greeting. */
  readonly opens: number;
  /** For one who comes, of all processes. */
  readonly comes: number;
  /** Until the last is shown it, by one who waits at another process. */
  readonly shown: number;
  readonly renders: number;
}

async function sum(controls: readonly string[]): Promise<number> {
  return (await Promise.all(controls.map(askProcessorTime))).reduce((all, time) => all + time, 0);
}

async function rest(controls: readonly string[]): Promise<number> {
  await wait(SETTLE_MS);
  const before = await sum(controls), begun = performance.now();
  await wait(REST_MS);
  return (await sum(controls) - before) / (performance.now() - begun) * 1000;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function take(kind: EngineKind): Promise<Taken> {
  await using scope = new AsyncDisposableStack();
  const descriptors = 2 * PEOPLE + 200;
  const { controls, apps } = scope.use(
    await startScaled({
      place: await places.place(kind),
      processes: PROCESSES,
      core: cores.server,
      descriptors,
    }),
  );
  const crowd = async (path: string) => {
    const urls = apps.map((app) => `${app}${path}`).join(",");
    return scope.use(await start("audience.ts", ["news", urls, controls[0]!], { descriptors }));
  };
  const quiet = await rest(controls);
  const lookers = await crowd(""), closed = await sum(controls);
  await tell(lookers, ["open", PEOPLE]);
  const opens = (await sum(controls) - closed) / PEOPLE;
  const looking = await rest(controls);
  await lookers[Symbol.asyncDispose]();
  const people = await crowd("room");
  await tell(people, ["open", PEOPLE]);
  const present = await rest(controls);
  const comes: number[] = [], shown: number[] = [], renders: number[] = [];
  for (let come = 0; come < COMES; come++) {
    const before = await sum(controls), rendered = await order<number>(controls[0]!, "renders");
    const begun = performance.now();
    scope.use(await Reader.open(`${apps[0]}room`, () => {}));
    await tell(people, ["look", PEOPLE + 1 + come]);
    shown.push(performance.now() - begun);
    await wait(200);
    comes.push(await sum(controls) - before);
    renders.push(await order<number>(controls[0]!, "renders") - rendered);
  }
  return {
    quiet,
    looking,
    present,
    opens,
    comes: quantile(comes, 0.5),
    shown: quantile(shown, 0.5),
    renders: quantile(renders, 0.5),
  };
}

function digits(value: number): number {
  return Number(value.toPrecision(3));
}

await using cores = await coresApart();
await using places = openPlaces();
const all = kinds.map((kind) => ({ kind, taken: [] as Taken[] }));
console.log(
  JSON.stringify({
    bench: new Date().toISOString(),
    people: PEOPLE,
    cores: cores.note,
    load: Deno.loadavg(),
  }),
);
for (let round = 0; round < rounds; round++) for (const { kind, taken } of all) taken.push(await take(kind));
for (const { kind, taken } of all) {
  const of = (name: keyof Taken) => {
    const values = taken.map((one) => one[name]);
    const [middle, low, high] = [0.5, 0, 1].map((part) => digits(quantile(values, part)));
    return `${middle} (${low} … ${high})`;
  };
  console.log(JSON.stringify({
    engine: kind,
    restMsASecond: { nobody: of("quiet"), lookers: of("looking"), present: of("present") },
    opensMs: of("opens"),
    comesMs: of("comes"),
    shownMs: of("shown"),
    renders: of("renders"),
  }));
}
