/**
 * A server in a process of its own, so that a test can kill it.
 *
 * @module
 */

import { TextLineStream } from "../server/fixtures/lines.ts";

/** A process that listens. Leaving its scope kills it. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Waits until it has said such a line. */
  says(pattern: RegExp): Promise<unknown>;
  /** Kills it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to end, and waits: its exit code, and how many milliseconds it took. */
  terminate(): Promise<{ code: number; took: number }>;
}

/** Runs a program that reads PORT and DATA_DIR, and waits until it listens. */
export async function startProcess(
  args: readonly string[],
  { port = 0, folder, env = {} }: { port?: number; folder: string; env?: Record<string, string> },
): Promise<ServerProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    cwd: new URL("../../", import.meta.url),
    env: { ...env, PORT: `${port}`, DATA_DIR: folder },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const said: string[] = [];
  const heard = new EventTarget();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      said.push(line);
      heard.dispatchEvent(new Event("line"));
    }
  };
  const readers = Promise.all([read(child.stdout), read(child.stderr)]).then(() => {
    heard.dispatchEvent(new Event("end"));
  });
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = said.map((line) => pattern.exec(line)).find((match) => match !== null);
        if (found) resolve(found);
      };
      heard.addEventListener("line", look);
      heard.addEventListener(
        "end",
        () => reject(new Error(`It ended before ${pattern}: ${said.join("\n")}`)),
      );
      look();
    });
  let ended = false;
  const gone = Promise.all([child.status, readers]).then(([status]) => {
    ended = true;
    return status;
  });
  const kill = async () => {
    if (!ended) child.kill("SIGKILL");
    await gone;
  };
  const [, url = ""] = await says(/listening on (http:\/\/[\d.:]+)/);
  return {
    url,
    port: Number(new URL(url).port),
    says,
    kill,
    async terminate() {
      const asked = performance.now();
      child.kill("SIGTERM");
      const { code } = await gone;
      return { code, took: performance.now() - asked };
    },
    [Symbol.asyncDispose]: kill,
  };
}

/** A temporary folder. Leaving its scope removes it. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
