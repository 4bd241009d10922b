/**
 * What the server's process says of itself, its processor time and its memory, and what it is told to do of its own
 * accord. It is asked over a port of its own, so that the counted sockets and requests are the measured ones.
 *
 * @module
 */

import process from "node:process";
import { trim } from "./trim.ts";

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

/** What the server's process does when it is told, by name, with a text for it. What comes of it is JSON. */
export type Deeds = Readonly<Record<string, (text: string) => unknown>>;

/** Answers inside the server's process. */
export function control(deeds: Deeds): (request: Request) => Promise<Response> {
  return async (request) => {
    const path = new URL(request.url).pathname.slice(1);
    if (path === "processor") return Response.json(processorTime());
    if (path === "memory") return Response.json(memoryWithoutGarbage());
    if (path === "trimmed") return Response.json(trimmedMemory() ?? null);
    const deed = Object.hasOwn(deeds, path) ? deeds[path] : undefined;
    if (deed === undefined) return new Response(null, { status: 404 });
    const text = await request.text(), result = await deed(text);
    return Response.json(result ?? null);
  };
}

/**
 * Has the server's process give back what its allocator keeps for later, and asks for the bytes that the system has still
 * given it. Where documents of 170 KB were sent between small things that stay, that is much.
 *
 * @returns null where the C library is not one that can be told to
 */
export async function askTrimmedMemory(url: string): Promise<number | null> {
  return await ask<number | null>(`${url}trimmed`);
}

/** Has the server's process do something. */
export async function order<T>(url: string, deed: string, text = ""): Promise<T> {
  return await ask<T>(`${url}${deed}`, { method: "POST", body: text });
}

/** Asks the server's process for its processor time, in milliseconds. */
export async function askProcessorTime(url: string): Promise<number> {
  return await ask<number>(`${url}processor`);
}

/** Has the server's process collect its garbage, and asks for what is left. */
export async function askMemory(url: string): Promise<Memory> {
  return await ask<Memory>(`${url}memory`);
}

async function ask<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, init);
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

function trimmedMemory(): number | undefined {
  memoryWithoutGarbage();
  return trim() ? Deno.memoryUsage().rss : undefined;
}
