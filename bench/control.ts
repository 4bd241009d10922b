/**
 * What the server's process says of itself: its processor time and its memory. It is asked over a port of its own, so
 * that the counted sockets and requests are the measured ones.
 *
 * @module
 */

import process from "node:process";

/** A process's memory, in bytes. */
export interface Memory {
  /** What the system has given it. */
  readonly rss: number;
  /** What V8 holds: objects of its heap, and buffers outside of it. */
  readonly heap: number;
}

/** Processor time of this process since its start, all threads, in milliseconds. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Answers inside the server's process. */
export function control(request: Request): Response {
  const { pathname } = new URL(request.url);
  if (pathname === "/processor") return Response.json(processorTime());
  if (pathname === "/memory") return Response.json(memoryWithoutGarbage());
  return new Response(null, { status: 404 });
}

/** Asks the server's process for its processor time, in milliseconds. */
export async function askProcessorTime(url: string): Promise<number> {
  return await ask<number>(`${url}processor`);
}

/** Has the server's process collect its garbage, and asks for what is left. */
export async function askMemory(url: string): Promise<Memory> {
  return await ask<Memory>(`${url}memory`);
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot ask ${url}: ${response.status} ${await response.text()}`);
  return await response.json();
}

type Collect = (how: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

// Last resort: pages that are empty go back to the system at once.
function memoryWithoutGarbage(): Memory {
  const { gc } = globalThis as { gc?: Collect };
  if (gc === undefined) throw new TypeError("Cannot collect garbage: the process runs without --expose-gc.");
  gc({ type: "major", execution: "sync", flavor: "last-resort" });
  const { rss, heapUsed, external } = Deno.memoryUsage();
  return { rss, heap: heapUsed + external };
}
