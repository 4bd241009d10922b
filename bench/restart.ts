// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * A server with many live pages is stopped, or killed, and started again on the same KV file: how long it takes until all
 * pages are live, how much memory the new one takes for it, and who was sent away meanwhile.
 * `deno run -A bench/restart.ts [COUNT]`, a line of JSON for each; see `bench/README.md`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { descriptorLimits, withDescriptors } from "./descriptors.ts";
import { linesOf } from "./process.ts";
import type { Returned } from "./returning.ts";

const count = Number(Deno.args[0] ?? 2000);

/** Files and sockets of the visitors: each has a socket, and for a moment a request beside it. */
const DESCRIPTORS = 3 * count + 200;

interface Process extends AsyncDisposable {
  readonly child: Deno.ChildProcess;
  line(): Promise<string>;
  tell(text: string): Promise<string>;
}

async function start(script: string, ...args: string[]): Promise<Process> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const deno = [Deno.execPath(), "run", "-A", "--quiet", path, ...args] as const;
  const [command, ...rest] = withDescriptors(DESCRIPTORS, await descriptorLimits(), deno);
  const child = new Deno.Command(command, {
    args: rest,
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter(), lines = linesOf(child.stdout);
  async function line(): Promise<string> {
    const { done, value } = await lines.next();
    if (done) throw new Error(`The process of ${script} has ended.`);
    return value;
  }
  return {
    child,
    line,
    async tell(text) {
      await input.write(new TextEncoder().encode(`${text}\n`));
      return await line();
    },
    async [Symbol.asyncDispose]() {
      // Where it was killed, its input is closed already.
      await Promise.allSettled([input.close(), lines.return()]);
      await child.status;
    },
  };
}

/** The most memory that a process has had, in MB; where the system tells. */
async function peakMemory({ pid }: Deno.ChildProcess): Promise<number | undefined> {
  try {
    const text = await Deno.readTextFile(`/proc/${pid}/status`);
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1]) / 1024);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function measure(page: "counter" | "table"): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "argyle-bench-" });
  const server = (port: number) => start("restart_server.tsx", page, `${folder}/app.kv`, String(port));
  try {
    const port = freePort();
    let running = await server(port);
    await running.line();
    await using crowd = await start("returning.ts", `http://127.0.0.1:${port}/`, page);
    await crowd.tell(`open ${count}`);
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      await crowd.tell("call");
      const before = await peakMemory(running.child);
      const killed = performance.now();
      running.child.kill(signal);
      await running.child.status;
      await running[Symbol.asyncDispose]();
      const ended = performance.now();
      running = await server(port);
      await running.line();
      const listening = performance.now();
      const { p50, p95, all, ...counted }: Returned = JSON.parse(await crowd.tell("live"));
      console.log(JSON.stringify({
        page,
        signal,
        pages: count,
        endedMs: Math.round(ended - killed),
        startedMs: Math.round(listening - ended),
        liveMs: { p50: Math.round(p50), p95: Math.round(p95), all: Math.round(all) },
        ...counted,
        peakMb: { before, after: await peakMemory(running.child) },
        load: Deno.build.os === "windows" ? undefined : Deno.loadavg()[0],
      }));
    }
    await running[Symbol.asyncDispose]();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

for (const page of ["counter", "table"] as const) await measure(page);
