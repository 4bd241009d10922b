/**
 * What is killed and comes back: processes of the app, and a Redis of the run's own.
 *
 * @module
 */

import { createClient } from "redis";
import { TextLineStream } from "../server/fixtures/lines.ts";

/** A process that can be started again. Leaving the scope ends it. */
export class Mortal implements AsyncDisposable {
  readonly #start: () => Deno.Command;
  readonly #read: (child: Deno.ChildProcess, isReady: () => void) => Promise<unknown>;
  readonly #died: (status: Deno.CommandStatus) => void;
  #child: Deno.ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #isOver = false;
  /** Times it was started. */
  starts = 0;

  /**
   * @param read reads what it says until it has ended, and tells when it is ready
   * @param died hears of an end that nobody has asked for
   */
  constructor(
    start: () => Deno.Command,
    read: (child: Deno.ChildProcess, isReady: () => void) => Promise<unknown>,
    died: (status: Deno.CommandStatus) => void,
  ) {
    this.#start = start;
    this.#read = read;
    this.#died = died;
  }

  /** Starts it, and waits until it is ready. @throws Error where it ends before */
  async start(): Promise<void> {
    if (this.#isOver || this.#child !== undefined) return;
    this.starts++;
    const child = this.#child = this.#start().spawn();
    const ready = Promise.withResolvers<void>();
    const reading = this.#read(child, ready.resolve);
    this.#ended = Promise.all([child.status, reading]).then(([status]) => {
      // Whoever kills it has taken it from here before.
      if (this.#child === child) {
        this.#child = undefined;
        this.#died(status);
      }
      ready.resolve();
    });
    await ready.promise;
  }

  /** Ends it as a power cut would; done when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) end(child);
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.kill();
  }
}

/** A line of an app's log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly error?: string;
}

/** Who hears what processes say. */
export interface Hearing {
  /** A message of a log. */
  logged(process: number, line: LogLine): void;
  /** What stands on its error output: nobody should write there. */
  said(process: number, line: string): void;
  /** It has ended by itself. */
  died(process: string, status: Deno.CommandStatus): void;
}

/** One process of the app; `port` where it listens, as long as it does. */
export class AppProcess implements AsyncDisposable {
  readonly #mortal: Mortal;
  port: number | undefined;

  constructor(at: number, env: Readonly<Record<string, string>>, hearing: Hearing) {
    const start = () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", "tests/chaos/app.tsx"],
        cwd: new URL("../../", import.meta.url),
        env,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      });
    const read = (child: Deno.ChildProcess, isReady: () => void) =>
      Promise.all([
        eachLine(child.stdout, (line) => {
          const said = parsed(line);
          if (said === undefined) hearing.said(at, line);
          else if ("port" in said) {
            this.port = said.port;
            isReady();
          } else hearing.logged(at, said);
        }),
        eachLine(child.stderr, (line) => hearing.said(at, line)),
      ]);
    this.#mortal = new Mortal(start, read, (status) => {
      this.port = undefined;
      hearing.died(`process ${at}`, status);
    });
  }

  start(): Promise<void> {
    return this.#mortal.start();
  }

  kill(): Promise<void> {
    this.port = undefined;
    return this.#mortal.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#mortal[Symbol.asyncDispose]();
  }
}

/** A Redis that has written what it has answered (`appendfsync always`), on one port for as long as it is used. */
export class RedisServer implements AsyncDisposable {
  readonly hostname = "127.0.0.1";
  readonly port: number;
  readonly #mortal: Mortal;

  constructor(folder: string, hearing: Hearing) {
    const port = this.port = freePort();
    const start = () =>
      new Deno.Command("redis-server", {
        args: [
          ...["--port", String(port), "--bind", this.hostname, "--dir", folder],
          ...["--save", "", "--appendonly", "yes", "--appendfsync", "always"],
        ],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      });
    this.#mortal = new Mortal(
      start,
      (_, isReady) => untilItAnswers(`redis://${this.hostname}:${port}`, isReady),
      (status) => hearing.died("Redis", status),
    );
  }

  start(): Promise<void> {
    return this.#mortal.start();
  }

  kill(): Promise<void> {
    return this.#mortal.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#mortal[Symbol.asyncDispose]();
  }
}

async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  hear: (line: string) => void,
): Promise<void> {
  for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
    if (line !== "") hear(line);
  }
}

// A process that is killed leaves its last line half written.
function parsed(line: string): { port: number } | LogLine | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function untilItAnswers(url: string, isReady: () => void): Promise<void> {
  for (let left = 500; left--;) {
    const client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on("error", () => {}); // that is an answer too
    try {
      await client.connect();
      // It loads its file before it knows any command.
      if (await client.ping() === "PONG") return isReady();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      if (client.isOpen) client.destroy();
    }
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
}
