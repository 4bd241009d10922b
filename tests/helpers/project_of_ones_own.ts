/**
 * A project outside of this work tree, as somebody has who uses the package.
 *
 * @module
 */

import { TextLineStream } from "../server/fixtures/lines.ts";

/** What a program has said, and with which code it has ended. */
export interface Said {
  readonly code: number;
  readonly said: string;
}

/** Milliseconds in which a program has to listen. */
const PATIENCE = 60_000;

/** What no caller's settings change. */
const env = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };

/** Runs Deno in a folder, and collects what it says. */
export async function deno(cwd: string, ...args: string[]): Promise<Said> {
  const output = await new Deno.Command(Deno.execPath(), { args, cwd, env, stdin: "null" }).output();
  const text = new TextDecoder();
  return { code: output.code, said: text.decode(output.stdout) + text.decode(output.stderr) };
}

/** A port that was free a moment ago. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A program that serves. Leaving its scope ends it, and what it has started. */
export interface Started extends AsyncDisposable {
  /** Where it listens; the first that has said so. */
  readonly url: string;
  /** All that it has said so far. */
  said(): string;
  /** Asks it to end, and waits: its exit code. */
  stop(): Promise<number>;
}

/** Starts a task of a project, and waits until it listens. */
export function startTask(cwd: string, ...task: string[]): Promise<Started> {
  return start(cwd, [Deno.execPath(), "task", ...task]);
}

/**
 * Starts a program in a folder, and waits until it says where it listens.
 *
 * @param added variables of its environment, beside ours
 * @param servers how many are to listen
 */
export async function start(
  cwd: string,
  [program = "", ...args]: readonly string[],
  added: Readonly<Record<string, string>> = {},
  servers = 1,
): Promise<Started> {
  const child = new Deno.Command(program, {
    args,
    cwd,
    env: { ...env, ...added },
    // A group of its own: a task is a program that starts another one, and both are to end.
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const said: string[] = [], urls: string[] = [];
  const { promise: listening, resolve } = Promise.withResolvers<string>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      said.push(line);
      const [, url] = /(?:listening on|^Argyle) (https?:\/\/[\w.:]+)/.exec(line) ?? [];
      if (url !== undefined && urls.push(url) >= servers) resolve(urls[0]!);
    }
  };
  const gone = Promise.all([child.status, read(child.stdout), read(child.stderr)]);
  // A test that waits in vain says for what; the limit of the whole test could not.
  const timer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), PATIENCE);
  const early = gone.then(() =>
    Promise.reject(new Error(`It ended before it listened:\n${said.join("\n")}`))
  );
  const end = async (signal: Deno.Signal) => {
    signalGroup(child.pid, signal);
    const [{ code }] = await gone;
    return code;
  };
  try {
    const url = await Promise.race([listening, early]);
    early.catch(() => {}); // from here on its end is the test's
    return {
      url,
      said: () => said.join("\n"),
      stop: () => end("SIGTERM"),
      [Symbol.asyncDispose]: async () => void await end("SIGKILL"),
    };
  } catch (error) {
    signalGroup(child.pid, "SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Tells a program and all that it has started. */
function signalGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // all of them have ended
  }
}
