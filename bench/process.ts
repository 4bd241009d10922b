/**
 * Starts the processes of the bench and ends them.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { onCore } from "./cores.ts";
import { descriptorLimits, withDescriptors } from "./descriptors.ts";
import type { Places } from "./server.tsx";

/** A process has this long to start, to answer a line, and to stop. */
const PATIENCE = 30_000;

/** How a process is started. */
export interface StartOptions {
  /** Where it runs; the system's choice where left out. */
  readonly core?: string | undefined;
  /** How many files and sockets it opens at once; few where left out. */
  readonly descriptors?: number;
  /** Whether it can be told to collect its garbage. */
  readonly collects?: boolean;
  /** V8's, as they are written. */
  readonly flags?: readonly string[];
  /** Variables of its environment, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Has it served by `deno serve --parallel` in so many threads, on this port. */
  readonly threads?: { readonly count: number; readonly port: number };
}

/**
 * Flags for a server whose renders are timed. In a third of all starts, V8 comes to put what a render makes where only its
 * slow collector looks, and from then on each render of that process takes three times as long.
 */
export const steady: readonly string[] = ["--no-allocation-site-pretenuring"];

/** A process that says a line at a time. Leaving its scope ends it. */
export interface Started extends AsyncDisposable {
  /** The next line of what it prints. @throws Error where it has ended, or says nothing for long */
  line(): Promise<string>;
  /** Gives it a line to read. */
  tell(line: string): Promise<void>;
}

/** A server that runs. Leaving its scope ends it. */
export interface Served extends Places, AsyncDisposable {}

/** Starts a server of its own for each part of the bench: what one leaves behind is not in the figures of the next. */
export async function startServer(options: StartOptions = {}): Promise<Served> {
  const started = await start("server.tsx", [], options);
  try {
    const places: Places = JSON.parse(await started.line());
    return { ...places, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
  } catch (cause) {
    await started[Symbol.asyncDispose]();
    throw new Error("Cannot start the bench's server.", { cause });
  }
}

/** Starts a script of this folder. It has to end by itself when its input does. */
export async function start(
  script: string,
  args: readonly string[],
  { core, descriptors = 0, collects = false, flags = [], env = {}, threads }: StartOptions,
): Promise<Started> {
  const all = [...collects ? ["--expose-gc"] : [], ...flags];
  const v8 = all.length === 0 ? [] : [`--v8-flags=${all.join(",")}`];
  const path = fileURLToPath(new URL(script, import.meta.url));
  const run = threads === undefined
    ? ["run"]
    : ["serve", "--parallel", "--host", "127.0.0.1", "--port", String(threads.port)];
  const deno = [Deno.execPath(), ...run, "-A", "--quiet", ...v8, path, ...args] as const;
  const limited = descriptors === 0 ? deno : withDescriptors(descriptors, await descriptorLimits(), deno);
  const { command, args: rest } = onCore(core, limited);
  const child = new Deno.Command(command, {
    args: rest,
    env: { ...env, ...threads === undefined ? {} : { DENO_JOBS: String(threads.count) } },
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter(), lines = linesOf(child.stdout);
  return {
    async line() {
      const late = setTimeout(() => kill(child), PATIENCE);
      try {
        const { done, value } = await lines.next();
        if (done) throw new Error(`The process of ${script} has ended, or said nothing for ${PATIENCE} ms.`);
        return value;
      } finally {
        clearTimeout(late);
      }
    },
    tell: (line) => input.write(new TextEncoder().encode(`${line}\n`)),
    async [Symbol.asyncDispose]() {
      const late = setTimeout(() => kill(child), PATIENCE);
      // Where it has ended already these fail, and its status says more.
      await Promise.allSettled([input.close(), lines.return()]);
      const { success, code } = await child.status;
      clearTimeout(late);
      if (!success) throw new Error(`The process of ${script} has ended with ${code}.`);
    },
  };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended already, by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** What comes, line by line; what stands behind the last end of a line is left out. Leaving it lets go of the stream. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of stream) {
    const lines = (text + decoder.decode(part, { stream: true })).split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
