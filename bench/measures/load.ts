/**
 * Fifty visitors at once: calls per second, and what they cost the server's processor, against a bare echo with as many
 * sockets.
 *
 * @module
 */

import assert from "node:assert/strict";
import { readServerFrame } from "../../protocol/codec.ts";
import { add, bump } from "../calls.ts";
import { coresApart } from "../cores.ts";
import { bytesOf, type Floor, type Label, type Print, rateLine, timeLine } from "../line.ts";
import { interleave, runsOf, type Turn } from "../measure.ts";
import { Peer, type Target } from "../peer.ts";
import { startServer } from "../process.ts";
import { type Effort, effort, shares } from "../shares.ts";
import { Wire } from "../wire.ts";

const CONNECTIONS = 50, laps = 5, cold = 1;
/** Calls of each connection in a turn: a tenth of a second and more of each. */
const counts = { echo: 200, counter: 40, cell: 2 };

/** Texts for every connection, each of which has one under way: it sends the next when the answer to the last is there. */
interface Rally {
  readonly name: string;
  readonly connections: readonly { rally(texts: readonly string[]): Promise<string[]> }[];
  /** What the connections send, written before the clock starts. */
  texts(): string[][];
  /** Looks at every answer, once the clock has stopped. */
  check(answers: readonly string[][]): void;
}

/** Measures them. */
export async function load(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using cores = await coresApart();
  await using server = await startServer({ core: cores.server });
  await using opened = new AsyncDisposableStack();
  const wires: Wire[] = [], counters: Peer[] = [], tables: Peer[] = [];
  for (let connection = 0; connection < CONNECTIONS; connection++) {
    wires.push(opened.use(await Wire.open(`${server.floors.replace("http", "ws")}echo`)));
    counters.push(opened.use(await Peer.open(server.counter)));
    tables.push(opened.use(await Peer.open(server.table)));
  }
  const counter = await counterRally(counters), cell = await cellRally(tables);
  const rallies = [
    echoRally("echo.counter", wires, counter.text),
    counter,
    echoRally("echo.cell", wires, cell.text),
    cell,
  ];
  const efforts = new Map<string, Effort[]>();
  const all = await interleave(rallies.map((rally) => turn(server.control, rally, efforts)), {
    rounds,
    laps,
    cold,
  });

  function lines(name: string, { note, ...label }: Omit<Label, "measure">, floor?: string): void {
    const taken = (efforts.get(name) ?? []).slice(-rounds * laps);
    const floorOf = (measure: string): Floor | undefined => {
      const line = `${floor}.${measure}`;
      return floor === undefined ? undefined : { name: line, runs: runsOf(all, line) };
    };
    const rate = `${name}.per_second`, processor = `${name}.processor`;
    const notes = [note, shares(taken), cores.note].join("; ");
    print(rateLine({ ...label, measure: rate, note: notes }, runsOf(all, rate), floorOf("per_second")));
    // A system that does not tell it says 0.
    if (taken.every(({ server }) => server === 0)) return;
    const kept = label.store === undefined ? {} : { store: label.store };
    const time = { ...kept, measure: processor, note: "of the server, for 1,000 calls" };
    print(timeLine(time, runsOf(all, processor), floorOf("processor")));
  }

  const raised = `${CONNECTIONS} visitors; limits.framesPerSecond and limits.frameBurst raised`;
  lines("echo.counter", { note: `${CONNECTIONS} sockets, ${bytesOf(counter.text)} bytes` });
  lines("counter", { store: "memory", target: 0.35, bound: "at least", note: raised }, "echo.counter");
  lines("echo.cell", { note: `${CONNECTIONS} sockets, ${bytesOf(cell.text)} bytes` });
  lines("table.cell", { store: "memory", note: raised }, "echo.cell");
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
    rally.check(answers);
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
async function counterRally(connections: readonly Peer[]): Promise<Rally & { text: string }> {
  const [text = ""] = await firstCalls(connections, add);
  let count = 1;
  return {
    name: "counter",
    text,
    connections,
    texts: () => frames(connections, add, counts.counter),
    check(answers) {
      for (const own of answers) {
        assert.equal(own.length, counts.counter);
        for (const [index, answer] of own.entries()) checkCount(answer, count + index + 1);
      }
      count += counts.counter;
    },
  };
}

function checkCount(answer: string, count: number): void {
  const frame = readServerFrame(answer);
  assert.equal(frame[0], "patch", answer);
  assert.deepEqual([frame[1], frame[3]], [count, [count]], answer);
  assert.deepEqual(frame[2], [["text", "count", `${count}`]]);
}

// All visitors bump one cell: each sees it grow, and in the end it has grown by all their calls together.
async function cellRally(connections: readonly Peer[]): Promise<Rally & { text: string }> {
  const [text = ""] = await firstCalls(connections, bump);
  const seen = await Promise.all(connections.map(async (peer) => quantity((await peer.call(bump)).down)));
  return {
    name: "table.cell",
    text,
    connections,
    texts: () => frames(connections, bump, counts.cell),
    check(answers) {
      const before = Math.max(...seen);
      for (const [connection, own] of answers.entries()) {
        assert.equal(own.length, counts.cell);
        for (const answer of own) {
          const shown = quantity(answer);
          assert.ok(shown > (seen[connection] ?? Infinity), `${shown} is not more than ${seen[connection]}.`);
          seen[connection] = shown;
        }
      }
      assert.equal(Math.max(...seen), before + connections.length * counts.cell);
    },
  };
}

/** What the one row of a patch shows as its quantity. */
function quantity(answer: string): number {
  const frame = readServerFrame(answer);
  assert.ok(frame[0] === "patch" && frame[2].length === 1, answer.slice(0, 500));
  const [, shown] = JSON.stringify(frame[2]).match(/^\[\["text",\["row-500",2\],"(\d+)"\]\]$/) ?? [];
  assert.ok(shown !== undefined, answer.slice(0, 500));
  return Number(shown);
}

async function firstCalls(connections: readonly Peer[], target: Target): Promise<string[]> {
  const calls = await Promise.all(connections.map((peer) => peer.call(target)));
  return calls.map(({ up }) => up);
}

function frames(connections: readonly Peer[], target: Target, count: number): string[][] {
  return connections.map((peer) => Array.from({ length: count }, () => peer.frame(target)));
}
