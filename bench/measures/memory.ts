/**
 * Memory of the server's process: what an idle live page costs above a bare socket, what a visitor of the large table
 * costs whose own page has been rendered once more, and what a reader of the shared one does.
 *
 * @module
 */

import { type Connections, type Growth, growth } from "../growth.ts";
import { memoryLine, type Print } from "../line.ts";

const LEAST_RUNS = 3;
interface Crowd extends Connections {
  readonly name: "socket" | "counter" | "table" | "euro" | "shared";
}

const crowds: readonly Crowd[] = [
  { name: "socket", kind: "socket", place: "floors", before: 200, count: 5000 },
  { name: "counter", kind: "page", place: "counter", before: 200, count: 5000 },
  { name: "table", kind: "caller", place: "tablePrivate", before: 50, count: 1000 },
  { name: "euro", kind: "caller", place: "tableEuro", before: 50, count: 1000 },
  { name: "shared", kind: "reader", place: "table", before: 50, count: 1000 },
];

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
