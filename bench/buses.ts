// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Messages per second over each bus, and how long one is on its way: `deno run -A bench/buses.ts [ROUNDS]`. Who publishes and
 * who hears are two connections of one process (of memory one bus), so that one clock takes the time and one thread does
 * the work of both. All buses take turns. Its figures stand in `docs/scaling.md`.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Bus } from "@argyle/argyle";
import { processorTime } from "./control.ts";
import { type EngineKind, openEngine, openPlaces } from "./engines.ts";
import { quantile } from "./measure.ts";

const kinds: readonly EngineKind[] = ["memory", "kv and broadcast", "kv", "redis", "nats"];
const TURN_MS = 1500, COLD_MS = 300, SIZES = [100, 1000], AT_ONCE = 100;
const rounds = Number(Deno.args[0] ?? 5);

/** Two of one kind: who publishes, and who hears. */
interface Pair {
  readonly kind: EngineKind;
  readonly bus: Bus;
  readonly other: Bus;
}

/** When each message was published, and what is done when it is heard. */
class Ear {
  readonly #begun: number[] = [];
  readonly #told: (() => void)[] = [];
  #heard = 0;
  readonly ms: number[] = [];

  hear(text: string): void {
    const index = Number(text.slice(0, 10));
    assert.equal(index, this.#heard++, "every message is heard once, in its order");
    this.ms.push(performance.now() - this.#begun[index]!);
    this.#told[index]?.();
  }

  /** The next text. @returns with what is done when it was heard */
  next(bytes: number): { text: string; heard: Promise<void> } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const index = this.#begun.push(performance.now()) - 1;
    this.#told.push(resolve);
    return { text: String(index).padStart(10, "0").padEnd(bytes, "x"), heard: promise };
  }
}

interface Taken {
  readonly perSecond: number;
  readonly ms: readonly number[];
  /** Of this process, for one message, in microseconds. */
  readonly processor: number;
}

/** So many lanes: each publishes when its last message was heard. */
async function turn({ bus, other }: Pair, bytes: number, lanes: number): Promise<Taken> {
  const channel = `bench:${crypto.randomUUID()}`, ear = new Ear();
  await using _listening = await other.listen(channel, {
    hear: ({ text }) => ear.hear(text),
    gap: () => assert.fail("a gap"),
  });
  const start = performance.now();
  let cold = 0, begun = start, processor = processorTime();
  await Promise.all(Array.from({ length: lanes }, async (_, lane) => {
    for (let count = 0; performance.now() - start < COLD_MS + TURN_MS; count++) {
      const { text, heard } = ear.next(bytes);
      await bus.publish({ channel, messages: [{ topic: "items", text }] });
      await heard;
      if (lane === 0 && cold === 0 && performance.now() - start > COLD_MS) {
        [cold, begun, processor] = [ear.ms.length, performance.now(), processorTime()];
      }
    }
  }));
  const ms = ear.ms.slice(cold);
  return {
    perSecond: ms.length / (performance.now() - begun) * 1000,
    ms,
    processor: (processorTime() - processor) / ms.length * 1000,
  };
}

function digits(value: number): number {
  return Number(value.toPrecision(3));
}

function spread(values: readonly number[]): string {
  const [middle, low, high] = [0.5, 0, 1].map((part) => digits(quantile(values, part)));
  return `${middle} (${low} … ${high})`;
}

await using places = openPlaces();
const turns: { pair: Pair; bytes: number; lanes: number; taken: Taken[] }[] = [];
for (const kind of kinds) {
  const place = await places.place(kind), { bus } = await openEngine(place);
  const pair = { kind, bus, other: kind === "memory" ? bus : (await openEngine(place)).bus };
  for (const lanes of [1, AT_ONCE]) for (const bytes of SIZES) turns.push({ pair, bytes, lanes, taken: [] });
}
console.log(JSON.stringify({ bench: new Date().toISOString(), load: Deno.loadavg() }));
for (let round = -1; round < rounds; round++) {
  for (const { pair, bytes, lanes, taken } of round % 2 === 0 ? turns : turns.toReversed()) {
    const found = await turn(pair, bytes, lanes);
    if (round >= 0) taken.push(found);
  }
}
for (const { pair: { kind }, bytes, lanes, taken } of turns) {
  console.log(JSON.stringify({
    bus: kind,
    bytes,
    underWay: lanes,
    perSecond: spread(taken.map(({ perSecond }) => perSecond)),
    p50: spread(taken.map(({ ms }) => quantile(ms, 0.5))),
    p99: spread(taken.map(({ ms }) => quantile(ms, 0.99))),
    microseconds: spread(taken.map(({ processor }) => processor)),
  }));
}
console.log(JSON.stringify({ load: Deno.loadavg() }));
Deno.exit(0);
