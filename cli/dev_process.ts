/**
 * The process with the app: started, listened to, ended.
 *
 * @module
 */

import { timingSafeEqual } from "node:crypto";
import { CHILD_VARIABLE, type ChildNews, type ChildOrders } from "./dev_news.ts";
import { readLines } from "./dev_lines.ts";

/** How a process is started. */
export interface Start {
  /** The app's module, as it was given. */
  readonly entry: string;
  /** Where the app is to be found. */
  readonly hostname: string;
  readonly port: number;
  readonly isOpen: boolean;
  /** The file in which the memory of one process waits for the next. */
  readonly kept: string;
  /** The file with variables, where there is one. */
  readonly envFile: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Hears what the process tells. */
  heard(news: Exclude<ChildNews, { kind: "hello" }>): void;
  /** What it writes to its standard error. */
  wrote(text: string): void;
  /** It has ended by itself; `output` is the last that it has written there. */
  ended(code: number, output: string): void;
}

/** Milliseconds from the request to end until it is ended. */
const PATIENCE = 4000;
/** Milliseconds for whoever connects to say the key. */
const HELLO = 5000;
/** Milliseconds for the last of its output, once it has ended. */
const LAST_WORDS = 500;
/** Characters of the output that are kept. */
const KEPT = 100_000;

/** Deno's advice for a module that gives `fetch`: here it is served. */
const ADVICE = /^.*Detected `?export default \{ fetch \}`?.*\n?/m;

/** A process. It lives until it ends by itself, or is stopped. */
export class AppProcess {
  readonly #start: Start;
  readonly #child: Deno.ChildProcess;
  readonly #control: Deno.TcpListener;
  readonly #gone: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #output = "";
  #stopping = false;

  constructor(start: Start) {
    this.#start = start;
    this.#control = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const key = crypto.randomUUID();
    const orders: ChildOrders = {
      control: this.#control.addr.port,
      key,
      hostname: start.hostname,
      port: start.port,
      kept: start.kept,
      isOpen: start.isOpen,
    };
    const env = start.envFile === undefined ? [] : [`--env-file=${start.envFile}`];
    const preload = `--preload=${import.meta.resolve("./dev_child.ts")}`;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...env, preload, start.entry],
      env: { ...start.env, [CHILD_VARIABLE]: JSON.stringify(orders) },
      stdin: "null",
      stdout: "inherit",
      stderr: "piped",
    }).spawn();
    void this.#accept(key);
    this.#reader = this.#child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    this.#gone = this.#end(this.#readOutput());
  }

  /** Asks it to end, and ends it where it does not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#kill("SIGTERM");
    const timer = setTimeout(() => this.#kill("SIGKILL"), PATIENCE);
    await this.#gone;
    clearTimeout(timer);
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
  }

  async #end(read: Promise<void>): Promise<void> {
    const { code } = await this.#child.status;
    this.#control.close();
    // Whoever the process has started may have its standard error, and live on.
    const timer = setTimeout(() => void this.#reader.cancel(), LAST_WORDS);
    await read;
    clearTimeout(timer);
    if (!this.#stopping) this.#start.ended(code, this.#output);
  }

  async #readOutput(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      const said = value.replace(ADVICE, "");
      this.#output = (this.#output + said).slice(-KEPT);
      if (said !== "") this.#start.wrote(said);
    }
  }

  async #accept(key: string): Promise<void> {
    for await (const line of this.#control) void this.#listen(line, key);
  }

  async #listen(line: Deno.TcpConn, key: string): Promise<void> {
    const late = setTimeout(() => line.close(), HELLO);
    let isKnown = false;
    try {
      for await (const text of readLines(line.readable)) {
        const news = JSON.parse(text) as ChildNews;
        if (!isKnown) {
          if (news.kind !== "hello" || !isSame(news.key, key)) return;
          isKnown = true;
          clearTimeout(late);
        } else if (news.kind !== "hello" && !this.#stopping) this.#start.heard(news);
      }
    } catch (error) {
      // Who is killed resets the line; who is not the process may say what is no JSON.
      if (isKnown && !(error instanceof Deno.errors.ConnectionReset)) throw error;
    } finally {
      clearTimeout(late);
      closeQuietly(line);
    }
  }
}

function isSame(given: string, key: string): boolean {
  const [a, b] = [given, key].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Closes what may be closed already. */
export function closeQuietly(line: { close(): void }): void {
  try {
    line.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
