/**
 * Isolates in processes of their own.
 *
 * @module
 */

import assert from "node:assert/strict";
import { TextLineStream } from "../fixtures/lines.ts";

/** An isolate, and what it has said. */
export interface Process extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly said: readonly string[];
  /** Ends it, and waits for that. */
  stop(signal: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** Starts one. Leaving its scope kills it. */
export async function start(env: Record<string, string>): Promise<Process> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("../fixtures/sync.ts", import.meta.url).pathname],
    env: { NO_COLOR: "1", ARGYLE_SECRET: "of all processes: 0123456789 abcdefghijklm", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const said: string[] = [], { promise: listening, resolve } = Promise.withResolvers<number>();
  const reading = Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      said.push(line);
      const port = /listening on http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    }
  }));
  let isOver = false;
  const stop = async (signal: Deno.Signal) => {
    if (!isOver) child.kill(signal);
    isOver = true;
    const status = await child.status;
    await reading;
    return status;
  };
  const port = await Promise.race([listening, child.status.then(() => assert.fail(said.join("\n")))]);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    said,
    stop,
    [Symbol.asyncDispose]: async () => void await stop("SIGKILL"),
  };
}
