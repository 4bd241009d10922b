/**
 * Starts the server's process and ends it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { onCore } from "./cores.ts";
import type { Places } from "./server.ts";

/** It has this long to start, and as long to stop. */
const PATIENCE = 15_000;

/** A server that runs. Leaving its scope ends it. */
export interface Served extends Places, AsyncDisposable {}

/**
 * Starts a server of its own for each part of the bench: what one leaves behind is not in the figures of the next.
 *
 * @param core where it runs; the system's choice where left out
 */
export async function startServer(core?: string): Promise<Served> {
  const script = fileURLToPath(new URL("server.ts", import.meta.url));
  const { command, args } = onCore(core, [Deno.execPath(), "run", "-A", "--quiet", script]);
  const child = new Deno.Command(command, {
    args,
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const late = setTimeout(() => kill(child), PATIENCE);
  try {
    const places: Places = JSON.parse(await firstLine(child.stdout));
    return { ...places, [Symbol.asyncDispose]: () => end(child) };
  } catch (cause) {
    kill(child);
    throw new Error("Cannot start the bench's server.", { cause });
  } finally {
    clearTimeout(late);
  }
}

// The server ends when its input does.
async function end(child: Deno.ChildProcess): Promise<void> {
  const late = setTimeout(() => kill(child), PATIENCE);
  await child.stdin.close();
  const { success, code } = await child.status;
  clearTimeout(late);
  if (!success) throw new Error(`The bench's server has ended with ${code}.`);
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended already, by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}

async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  const reader = output.getReader(), decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The process has ended after ${JSON.stringify(text)}.`);
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}
