/**
 * Fifty visitors at once: calls per second, and what they cost the server's processor, against a bare echo with as many
 * sockets. On the counter each of them is alone; the table shows all of them what each has done.
 *
 * @module
 */

import assert from "node:assert/strict";
import { readServerFrame } from "../../protocol/codec.ts";
import type { Operation } from "../../protocol/operations.ts";
import { add, bump } from "../calls.ts";
import { coresApart } from "../cores.ts";
import { bytesOf, type Floor, type Label, type Print, rateLine, timeLine } from "../line.ts";
import { interleave, runsOf, type Turn } from "../measure.ts";
import { Peer, type Target } from "../peer.ts";
import { startServer } from "../process.ts";
import { items } from "../rows.tsx";
import { type Effort, effort, shares } from "../shares.ts";
import { Wire } from "../wire.ts";

const CONNECTIONS = 50, laps = 5, cold = 1;
/** Calls of each connection in a turn: a tenth of a second and more of each. */
const counts = { echo: 200, counter: 40, counterKv: 20, cell: 20 };
/** The counter on a file of Deno KV, among the turns; its lines say `counter` and `kv`. */
const KV = "counter.kv";
/** Milliseconds until what was sent last has to be there. */
const PATIENCE = 10_000;

/** Texts for every connection, each of which has one under way: it sends the next when the answer to the last is there. */
interface Rally {
  readonly name: string;
  readonly connections: readonly { rally(texts: readonly string[]): Promise<string[]> }[];
  /** What the connections send, written before the clock starts. */
  texts(): string[][];
  /** Looks at every answer, once the clock has stopped. */
  check(answers: readonly string[][]): void | Promise<void>;
}

/** Measures them. */
export async function load(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using cores = await coresApart();
  await using server = await startServer({ core: cores.server });
  await using opened = new AsyncDisposableStack();
  const wires: Wire[] = [], counters: Peer[] = [], kvCounters: Peer[] = [], tables: Peer[] = [];
  for (let connection = 0; connection < CONNECTIONS; connection++) {
    wires.push(opened.use(await Wire.open(`${server.floors.replace("http", "ws")}echo`)));
    counters.push(opened.use(await Peer.open(server.counter)));
    kvCounters.push(opened.use(await Peer.open(server.counterKv)));
    tables.push(opened.use(await Peer.open(server.table)));
  }
  const counter = await counterRally("counter", counters, counts.counter);
  const kvCounter = await counterRally(KV, kvCounters, counts.counterKv);
  const cell = await cellRally(tables);
  const rallies = [
    echoRally("echo.counter", wires, counter.text),
    counter,
    kvCounter,
    echoRally("echo.cell", wires, cell.text),
    cell,
  ];
  const efforts = new Map<string, Effort[]>();
  const all = await interleave(rallies.map((rally) => turn(server.control, rally, efforts)), {
    rounds,
    laps,
    cold,
  });

  /** @param floors names of lines without their last word */
  function lines(
    name: string,
    { note, measure = name, ...label }: Omit<Label, "measure"> & { readonly measure?: string },
    floors: { readonly per_second?: string; readonly processor?: string } = {},
  ): void {
    const taken = (efforts.get(name) ?? []).slice(-rounds * laps);
    const floorOf = (measure: keyof typeof floors): Floor | undefined => {
      const line = `${floors[measure]}.${measure}`;
      return floors[measure] === undefined ? undefined : { name: line, runs: runsOf(all, line) };
    };
    const rate = `${name}.per_second`, processor = `${name}.processor`;
    const notes = [note, shares(taken), cores.note].join("; ");
    const line = { ...label, measure: `${measure}.per_second`, note: notes };
    print(rateLine(line, runsOf(all, rate), floorOf("per_second")));
    // A system that does not tell it says 0.
    if (taken.every(({ server }) => server === 0)) return;
    const kept = label.store === undefined ? {} : { store: label.store };
    const time = { ...kept, measure: `${measure}.processor`, note: "of the server, for 1,000 calls" };
    print(timeLine(time, runsOf(all, processor), floorOf("processor")));
  }

  const raised = `${CONNECTIONS} visitors; limits.framesPerSecond and limits.frameBurst raised`;
  lines("echo.counter", { note: `${CONNECTIONS} sockets, ${bytesOf(counter.text)} bytes` });
  const own = { store: "memory", target: 0.35, bound: "at least", note: raised } as const;
  lines("counter", own, { per_second: "echo.counter", processor: "echo.counter" });
  const durable = { measure: "counter", store: "kv", target: 3000, bound: "at least", note: raised } as const;
  lines(KV, durable, { processor: "echo.counter" });
  lines("echo.cell", { note: `${CONNECTIONS} sockets, ${bytesOf(cell.text)} bytes` });
  // So many a second is so many, whatever an echo does.
  const note = `${raised}; each is shown what all do: ${cell.told()}`;
  const together = { store: "memory", target: 5000, bound: "at least", note } as const;
  lines("table.cell", together, { processor: "echo.cell" });
}

function turn(control: string, rally: Rally, efforts: Map<string, Effort[]>): Turn {
  const { name, connections } = rally;
  return async () => {
    const texts = rally.texts();
    let answers: string[][] = [];
    const taken = await effort(control, async () => {
      answers = await Promise.all(
        connections.map((connection, index) => connection.rally(texts[index] ?? [])),
      );
    });
    await rally.check(answers);
    efforts.set(name, [...efforts.get(name) ?? [], taken]);
    const calls = texts.flat().length;
    return {
      [`${name}.per_second`]: [calls / taken.elapsed * 1000],
      [`${name}.processor`]: [taken.server / calls * 1000],
    };
  };
}

function echoRally(name: string, connections: readonly Wire[], text: string): Rally {
  const texts = connections.map(() => new Array<string>(counts.echo).fill(text));
  return { name, connections, texts: () => texts, check: (answers) => assert.deepEqual(answers, texts) };
}

// Each visitor counts alone: its answers show every number, one after the other.
async function counterRally(
  name: string,
  connections: readonly Peer[],
  calls: number,
): Promise<Rally & { text: string }> {
  const [text = ""] = await firstCalls(connections, add);
  let count = 1;
  return {
    name,
    text,
    connections,
    texts: () => frames(connections, add, calls),
    check(answers) {
      for (const own of answers) {
        assert.equal(own.length, calls);
        for (const [index, answer] of own.entries()) checkCount(answer, count + index + 1);
      }
      count += calls;
    },
  };
}

function checkCount(answer: string, count: number): void {
  const frame = readServerFrame(answer);
  assert.equal(frame[0], "patch", answer);
  assert.deepEqual([frame[1], frame[3]], [count, [count]], answer);
  assert.deepEqual(frame[2], [["text", "count", `${count}`]]);
}

// All visitors bump one cell, and all are shown it: in the end each shows what they have added together.
async function cellRally(
  connections: readonly Peer[],
): Promise<Rally & { text: string; told(): string }> {
  const readers = connections.map((peer) => new CellReader(peer));
  let total = items.find(({ id }) => id === 500)?.qty ?? NaN, calls = 0;

  async function check(more: number): Promise<void> {
    calls += more;
    total += more;
    const late = performance.now() + PATIENCE;
    while (true) {
      for (const reader of readers) reader.look();
      if (readers.every(({ shown }) => shown === total)) break;
      if (performance.now() > late) {
        throw new Error(`Cannot see ${total} everywhere: there is ${readers.map(({ shown }) => shown)}.`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    for (const { outcomes } of readers) assert.equal(outcomes, calls / readers.length);
  }

  const [text = ""] = await firstCalls(connections, bump);
  await check(connections.length);
  return {
    name: "table.cell",
    text,
    connections,
    texts: () => frames(connections, bump, counts.cell),
    check: () => check(connections.length * counts.cell),
    told() {
      const sum = (of: (reader: CellReader) => number) =>
        readers.reduce((all, reader) => all + of(reader), 0);
      const each = (calls * readers.length / sum(({ patches }) => patches)).toFixed(1);
      const apart = (100 * sum(({ apart }) => apart) / calls).toFixed(0);
      const early = (100 * sum(({ early }) => early) / calls).toFixed(1);
      return `${each} calls by a patch; ${apart} % of the outcomes in a frame of their own, ${early} % before what they changed`;
    },
  };
}

/** What one visitor of the shared table is shown. */
class CellReader {
  /** What the cell shows. */
  shown = 0;
  patches = 0;
  /** Own calls that were answered; of these, without a patch, and before there was one that shows what they did. */
  outcomes = 0;
  apart = 0;
  early = 0;
  readonly #peer: Peer;
  #shownBefore = 0;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Looks at all that has come: the cell grows with each patch. */
  look(): void {
    for (const frame of this.#peer.look()) {
      if (frame[0] === "patch") {
        this.patches++;
        const shown = quantity(frame[2]);
        assert.ok(shown > this.shown, `${shown} is not more than ${this.shown}.`);
        this.shown = shown;
        if (frame[3] === undefined) continue; // others have caused it
      } else this.apart++;
      this.outcomes++;
      if (this.shown === this.#shownBefore) this.early++;
      this.#shownBefore = this.shown;
    }
  }
}

/** What the one cell of a patch shows. */
function quantity(operations: readonly Operation[]): number {
  const text = JSON.stringify(operations);
  const [, shown] = text.match(/^\[\["text",\["row-500",2\],"(\d+)"\]\]$/) ?? [];
  assert.ok(shown !== undefined, text.slice(0, 500));
  return Number(shown);
}

async function firstCalls(connections: readonly Peer[], target: Target): Promise<string[]> {
  const calls = await Promise.all(connections.map((peer) => peer.call(target)));
  return calls.map(({ up }) => up);
}

function frames(connections: readonly Peer[], target: Target, count: number): string[][] {
  return connections.map((peer) => Array.from({ length: count }, () => peer.frame(target)));
}
