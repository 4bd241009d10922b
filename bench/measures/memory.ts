/**
 * Memory of the server's process: what an idle live page costs above a bare socket, what a visitor of the large table
 * costs whose own page has been rendered once more, and what a reader of the shared one does.
 *
 * @module
 */

import { askTrimmedMemory } from "../control.ts";
import type { Kind } from "../crowd.ts";
import { bytesOf, memoryLine, type Print } from "../line.ts";
import { start, type Started, startServer } from "../process.ts";
import { settledMemory } from "../settle.ts";

const LEAST_RUNS = 3;
/** Descriptors beside those of the connections. */
const SPARE = 200;

/** Connections of one kind to one place. */
interface Crowd {
  readonly name: "socket" | "counter" | "table" | "euro" | "shared";
  readonly kind: Kind;
  readonly place: "floors" | "counter" | "tablePrivate" | "tableEuro" | "table";
  /** Opened before the first reading: what the first ones cost is code and caches. */
  readonly before: number;
  readonly count: number;
}

const crowds: readonly Crowd[] = [
  { name: "socket", kind: "socket", place: "floors", before: 200, count: 5000 },
  { name: "counter", kind: "page", place: "counter", before: 200, count: 5000 },
  { name: "table", kind: "caller", place: "tablePrivate", before: 50, count: 1000 },
  { name: "euro", kind: "caller", place: "tableEuro", before: 50, count: 1000 },
  { name: "shared", kind: "reader", place: "table", before: 50, count: 1000 },
];

/** What one connection has cost, in bytes. */
interface Growth {
  readonly rss: number;
  readonly heap: number;
  /** RSS without what the allocator keeps for later; null where that cannot be had. */
  readonly trimmed: number | null;
  /** UTF-8 bytes of the document that it has got, or of nothing. */
  readonly page: number;
}

/** Measures it. Every run of each crowd has processes of its own; there are half as many as rounds, and at least three. */
export async function memory(print: Print, { rounds }: { rounds: number }): Promise<void> {
  const runs = Math.max(LEAST_RUNS, Math.ceil(rounds / 2));
  const all: Record<Crowd["name"], Growth[]> = { socket: [], counter: [], table: [], euro: [], shared: [] };
  for (let run = 0; run < runs; run++) {
    for (const crowd of run % 2 === 0 ? crowds : crowds.toReversed()) {
      all[crowd.name].push(await growth(crowd));
    }
  }

  const note = (name: Crowd["name"], what: string) =>
    `${crowds.find((crowd) => crowd.name === name)?.count} connections, ${what}`;
  const store = "memory";
  const rss = { name: "echo.memory", bytes: all.socket.map(({ rss }) => rss) };
  const heap = { name: "echo.heap", bytes: all.socket.map(({ heap }) => heap) };
  for (const { name, bytes } of [rss, heap]) {
    print(memoryLine({ measure: name, note: note("socket", "bare") }, bytes));
  }
  const idle = { store, note: note("counter", "live and idle") } as const;
  print(memoryLine(
    { measure: "counter.memory", target: 8, ...idle },
    all.counter.map(({ rss }) => rss),
    { above: rss },
  ));
  print(
    memoryLine({ measure: "counter.heap", ...idle }, all.counter.map(({ heap }) => heap), { above: heap }),
  );
  const readers = [["table", "table.reader"], ["euro", "table.euro.reader"]] as const;
  for (const [name, measure] of readers) {
    const growths = all[name], read = { store, note: note(name, "one call each") } as const;
    const page = { name: `${measure}.page`, bytes: growths.map(({ page }) => page) };
    print(memoryLine({ measure: page.name, store, note: "UTF-8 of the document" }, page.bytes));
    print(memoryLine(
      { measure: `${measure}.memory`, target: 2, ...read },
      growths.map(({ rss }) => rss),
      { above: rss, floor: page },
    ));
    print(memoryLine(
      { measure: `${measure}.heap`, ...read },
      growths.map(({ heap }) => heap),
      { above: heap, floor: page },
    ));
  }
  const shared = { store, note: note("shared", "socket included, one change shown to all") } as const;
  print(memoryLine(
    { measure: "table.shared.reader.memory", target: 40, ...shared },
    all.shared.map(({ rss }) => rss),
  ));
  const trimmed = all.shared.map(({ trimmed }) => trimmed).filter((bytes) => bytes !== null);
  if (trimmed.length > 0) print(memoryLine({ measure: "table.shared.reader.trimmed", ...shared }, trimmed));
  print(memoryLine({ measure: "table.shared.reader.heap", ...shared }, all.shared.map(({ heap }) => heap)));
}

async function growth({ kind, place, before, count }: Crowd): Promise<Growth> {
  const descriptors = before + count + SPARE;
  await using server = await startServer({ descriptors, collects: true });
  const url = kind === "socket" ? `${server[place].replace("http", "ws")}echo` : server[place];
  const page = kind === "caller" ? bytesOf(await (await fetch(url)).text()) : 0;
  await using crowd = await start("crowd.ts", [kind, url], { descriptors });
  await open(crowd, before, before);
  const first = await settledMemory(server.control), firstTrimmed = await askTrimmedMemory(server.control);
  await open(crowd, count, before + count);
  const last = await settledMemory(server.control), lastTrimmed = await askTrimmedMemory(server.control);
  return {
    rss: (last.rss - first.rss) / count,
    heap: (last.heap - first.heap) / count,
    trimmed: firstTrimmed === null || lastTrimmed === null ? null : (lastTrimmed - firstTrimmed) / count,
    page,
  };
}

async function open(crowd: Started, more: number, all: number): Promise<void> {
  await crowd.tell(String(more));
  const line = await crowd.line();
  if (Number(line) !== all) throw new Error(`Cannot count connections: it says ${line} instead of ${all}.`);
}
