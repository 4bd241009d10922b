/**
 * What connections cost the server's process.
 *
 * @module
 */

import { askTrimmedMemory } from "./control.ts";
import type { Kind } from "./crowd.ts";
import { bytesOf } from "./line.ts";
import { SYNC } from "./pages/sync.ts";
import { start, type Started, startServer } from "./process.ts";
import { settledMemory } from "./settle.ts";

/** Descriptors beside those of the connections. */
const SPARE = 200;

/** Connections of one kind to one place. */
export interface Connections {
  readonly kind: Kind;
  readonly place: "floors" | "counter" | "tablePrivate" | "tableEuro" | "table" | "sync";
  /** Opened before the first reading: what the first ones cost is code and caches. */
  readonly before: number;
  readonly count: number;
}

/** What one connection has cost, in bytes. */
export interface Growth {
  readonly rss: number;
  readonly heap: number;
  /** RSS without what the allocator keeps for later; null where that cannot be had. */
  readonly trimmed: number | null;
  /** UTF-8 bytes of the document that it has got, or of nothing. */
  readonly page: number;
}

/** Opens them at a server of their own, and reads what it grows by. */
export async function growth({ kind, place, before, count }: Connections): Promise<Growth> {
  const descriptors = before + count + SPARE;
  await using server = await startServer({ descriptors, collects: true });
  const socket = server[place].replace("http", "ws");
  const url = kind === "socket" ? `${socket}echo` : kind === "sync" ? `${socket}${SYNC}` : server[place];
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
