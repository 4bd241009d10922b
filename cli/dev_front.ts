/**
 * The port that people open: each connection is looked at once, and then carried as it is to the app's process, or to the
 * server of `dev` itself.
 *
 * @module
 */

import { Path } from "../protocol/markers.ts";
import { isLoopback } from "../server/http/host.ts";
import { isGone, pipe, writeAll } from "./dev_pipe.ts";
import { closeQuietly } from "./dev_process.ts";

/** Where a connection may lead. */
export interface Ways {
  /** The port of the app, once it listens; nothing where it does not start, or not in time. */
  app(isForeign: boolean): Promise<number | undefined>;
  /** The port of the server of `dev` itself. */
  readonly own: number;
}

/** Milliseconds within which who connects says what it wants. Browsers connect ahead of what they will want. */
const PATIENCE = 60_000;
/** Bytes within which the first line of a request ends; a longer one is the app's to refuse. */
const FIRST_LINE = 8192;
/** Processes that are asked for an answer, one after the other, before there is none. */
const TRIES = 3;
/** Connections at a time. */
const CONNECTIONS = 2000;

/** What another machine is told when no app runs: nothing of the source. */
const AWAY = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain\r\ncontent-length: 12\r\n" +
  "connection: close\r\nretry-after: 1\r\n\r\nNot running.";

/** Limits other than these, for tests. */
export interface FrontLimits {
  readonly patience?: number;
  readonly connections?: number;
}

/** Takes connections until it is closed. */
export class Front implements Disposable {
  readonly #listener: Deno.TcpListener;
  readonly #ways: Ways;
  readonly #limits: Required<FrontLimits>;
  readonly #open = new Set<Deno.TcpConn>();

  constructor(listener: Deno.TcpListener, ways: Ways, limits: FrontLimits = {}) {
    this.#listener = listener;
    this.#ways = ways;
    this.#limits = { patience: PATIENCE, connections: CONNECTIONS, ...limits };
    void this.#accept();
  }

  /** Closes the port and every connection. */
  [Symbol.dispose](): void {
    this.#listener.close();
    this.#open.forEach(closeQuietly);
  }

  async #accept(): Promise<void> {
    for await (const line of this.#listener) {
      if (this.#open.size >= this.#limits.connections) line.close();
      else void this.#take(line);
    }
  }

  async #take(line: Deno.TcpConn): Promise<void> {
    this.#open.add(line);
    try {
      await this.#lead(line);
    } catch (error) {
      if (!isGone(error)) throw error;
    } finally {
      this.#open.delete(line);
      closeQuietly(line);
    }
  }

  async #lead(line: Deno.TcpConn): Promise<void> {
    const timer = setTimeout(() => closeQuietly(line), this.#limits.patience);
    const begun = await firstBytes(line).finally(() => clearTimeout(timer));
    if (begun.length === 0) return;
    const isForeign = !isThisMachine(line.remoteAddr.hostname);
    let tries = isWholeGet(begun) ? TRIES : 1;
    await pipe(line, begun, async () => {
      if (tries-- === 0) return undefined;
      const app = isForDev(begun) ? undefined : await this.#connectApp(isForeign);
      if (app !== undefined || !isForeign) return app ?? await connect(this.#ways.own);
      await writeAll(line, new TextEncoder().encode(AWAY));
      return undefined;
    });
  }

  // It may end in the moment in which it was said to run: then the next one is waited for.
  async #connectApp(isForeign: boolean): Promise<Deno.TcpConn | undefined> {
    for (let tries = 0; tries < TRIES; tries++) {
      const port = await this.#ways.app(isForeign);
      if (port === undefined) return undefined;
      try {
        return await connect(port);
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    return undefined;
  }
}

async function connect(port: number): Promise<Deno.TcpConn> {
  const line = await Deno.connect({ hostname: "127.0.0.1", port });
  line.setNoDelay(true);
  return line;
}

/** What comes until the first line ends, and what has come with it. */
async function firstBytes(line: Deno.TcpConn): Promise<Uint8Array> {
  const buffer = new Uint8Array(FIRST_LINE);
  let size = 0;
  while (size < buffer.length) {
    const read = await line.read(buffer.subarray(size));
    if (read === null) break;
    size += read;
    if (buffer.subarray(0, size).includes(0x0a)) break;
  }
  return buffer.subarray(0, size);
}

// What has no effect can be asked once more, where nothing of it is still to come.
function isWholeGet(bytes: Uint8Array): boolean {
  return /^(GET|HEAD) [^]*\r\n\r\n$/.test(new TextDecoder("latin1").decode(bytes));
}

function isForDev(bytes: Uint8Array): boolean {
  const [line = ""] = new TextDecoder("latin1").decode(bytes).split("\n", 1);
  const [, target = ""] = line.split(" ");
  return target.split("?", 1)[0] === Path.dev;
}

function isThisMachine(address: string): boolean {
  return isLoopback(address === "::1" ? "[::1]" : address.replace(/^::ffff:/, ""));
}
