// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * What it costs that a call is still there after a crash: calls a second of 50 visitors, and the round trip of one, on each
 * engine, with a publish in the call and without: `deno run -A bench/durability.ts [ROUNDS [ENGINE…]]`. Its figures stand in
 * `docs/scaling.md`.
 *
 * @module
 */

import assert from "node:assert/strict";
import { coresApart } from "./cores.ts";
import { type EngineKind, openPlaces } from "./engines.ts";
import { quantile } from "./measure.ts";
import { Peer, type Target } from "./peer.ts";
import { startScaled } from "./scaled_start.ts";
import { type Effort, effort, shares } from "./shares.ts";

const all: readonly EngineKind[] = [
  "memory",
  "kv",
  "kv and broadcast",
  "redis",
  "redis always",
  "nats",
];
const VISITORS = 50, TURN_MS = 1000, ALONE = 150, WARM_UP = 15;
const rounds = Number(Deno.args[0] ?? 5);
const wanted = Deno.args.slice(1) as EngineKind[];
const kinds = wanted.length === 0 ? all : wanted;

/** The counter's calls: alone, and with a topic that nobody looks at. */
const calls: Readonly<Record<string, Target>> = {
  silent: { target: "Counter#add", args: [], element: { a: { id: "add" } } },
  published: { target: "Counter#tell", args: [], element: { a: { id: "tell" } } },
};

interface Subject {
  readonly kind: EngineKind;
  readonly call: string;
  readonly target: Target;
  readonly control: string;
  readonly peers: readonly Peer[];
  readonly alone: Peer;
  readonly rates: number[];
  readonly processor: number[];
  readonly trips: number[];
  readonly efforts: Effort[];
}

// Each visitor calls again when the answer to the last is there, until the time is over.
async function turn({ target, control, peers, alone, ...found }: Subject): Promise<void> {
  let count = 0;
  const taken = await effort(control, async () => {
    const end = performance.now() + TURN_MS;
    await Promise.all(peers.map(async (peer) => {
      for (; performance.now() < end; count++) {
        const { down } = await peer.call(target);
        assert.ok(down.startsWith('["patch",'), down);
      }
    }));
  });
  for (const peer of peers) peer.look();
  found.rates.push(count / taken.elapsed * 1000);
  found.processor.push(taken.server / count * 1000);
  found.efforts.push(taken);
  found.trips.push(quantile(await alone.time([target], { warmUp: WARM_UP, samples: ALONE }), 0.5));
}

function digits(value: number): number {
  return Number(value.toPrecision(3));
}

function spread(values: readonly number[]): string {
  const [middle, low, high] = [0.5, 0, 1].map((part) => digits(quantile(values, part)));
  return `${middle} (${low} … ${high})`;
}

await using cores = await coresApart();
await using scope = new AsyncDisposableStack();
const places = scope.use(openPlaces());
const subjects: Subject[] = [];
for (const kind of kinds) {
  const servers = await startScaled({ place: await places.place(kind), processes: 1, core: cores.server });
  scope.use(servers);
  const url = `${servers.apps[0]}counter`;
  for (const [call, target] of Object.entries(calls)) {
    const peers: Peer[] = [];
    for (let visitor = 0; visitor < VISITORS; visitor++) peers.push(scope.use(await Peer.open(url)));
    const alone = scope.use(await Peer.open(url)), control = servers.controls[0]!;
    subjects.push({
      kind,
      call,
      target,
      control,
      peers,
      alone,
      rates: [],
      processor: [],
      trips: [],
      efforts: [],
    });
  }
}
console.log(JSON.stringify({ bench: new Date().toISOString(), cores: cores.note, load: Deno.loadavg() }));
for (let round = -1; round < rounds; round++) {
  for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) await turn(subject);
  if (round < 0) {
    for (const { rates, processor, trips, efforts } of subjects) {
      for (const list of [rates, processor, trips, efforts]) list.length = 0;
    }
  }
}
for (const { kind, call, rates, processor, trips, efforts } of subjects) {
  console.log(JSON.stringify({
    engine: kind,
    call,
    perSecond: spread(rates),
    roundTripMs: spread(trips),
    processorFor1000Ms: spread(processor),
    note: shares(efforts),
  }));
}
console.log(JSON.stringify({ load: Deno.loadavg() }));
