/**
 * A process of many visitors who come back by themselves, as the browser's script does: `returning.ts URL PAGE`. It
 * reads a command a line of input and answers each with a line: `open COUNT`; `call`, which has each of them make a
 * call, so that only a render shows what its page does; and `live`, which waits until all have lost their sockets and are
 * live again.
 *
 * @module
 */

import { backoff } from "../client/backoff.ts";
import { Close, Path } from "../protocol/markers.ts";
import { add, bump } from "./calls.ts";
import { many } from "./many.ts";
import { quantile } from "./measure.ts";
import { linesOf } from "./process.ts";
import { hello, type Loaded, readPage, visitHeaders } from "./visitor.ts";

/** What `live` answers. */
export interface Returned {
  /** Milliseconds from the first loss until half, 95 % and all of them were live. */
  readonly p50: number;
  readonly p95: number;
  readonly all: number;
  /** Pages that were got again, by status. */
  readonly gets: Readonly<Record<string, number>>;
  /** Handshakes that failed, and GETs that had no answer. */
  readonly inVain: number;
  /** First frames that were answered with a resync, or a socket that was closed instead. */
  readonly resyncs: number;
}

/** Milliseconds in which all have to be live. */
const PATIENCE = 120_000;

/** As the browser's script has them. */
const RETURN = 1000, RESYNC = 200;

const counted = { gets: {} as Record<string, number>, inVain: 0, resyncs: 0 };
let firstLoss: number | undefined, times: number[] = [];

/** One page. */
class Visitor {
  isLive = false;
  readonly #url: string;
  readonly #delay = backoff(Math.random);
  #answered = Promise.withResolvers<void>();
  #socket: WebSocket | undefined;
  #calls = 0;
  #page: Loaded | undefined;
  #version = 0;
  #isStale = true;

  constructor(url: string) {
    this.#url = url;
  }

  /** Comes for the first time. */
  async come(): Promise<void> {
    await this.#attempt();
    await this.#answered.promise;
  }

  /** Makes a call. */
  async call(): Promise<void> {
    const { target, args, element } = isTable ? bump : add;
    this.#answered = Promise.withResolvers();
    this.#calls++;
    this.#socket!.send(JSON.stringify(["call", this.#calls, this.#calls - 1, target, args, element]));
    await this.#answered.promise;
  }

  #plan(ms: number): void {
    setTimeout(() => void this.#attempt(), ms);
  }

  async #attempt(): Promise<void> {
    if (this.#isStale && !await this.#load()) return;
    this.#open(this.#page!);
  }

  async #load(): Promise<boolean> {
    let after = 0;
    try {
      const response = await fetch(this.#url, { headers: visitHeaders(this.#page) });
      const text = await response.text();
      if (firstLoss !== undefined) {
        counted.gets[response.status] = (counted.gets[response.status] ?? 0) + 1;
      }
      if (response.status === 200) {
        this.#page = readPage(this.#url, response, text, this.#page);
        this.#version = 0;
        this.#isStale = false;
        return true;
      }
      after = (Number(response.headers.get("retry-after")) || 0) * 1000;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // nobody listens
      counted.inVain++;
    }
    this.#plan(Math.max(after, this.#delay(false)));
    return false;
  }

  #open(page: Loaded): void {
    const { origin } = new URL(page.url);
    const Open = WebSocket as unknown as new (url: string, options: object) => WebSocket;
    const socket = new Open(`${origin.replace("http", "ws")}${Path.socket}`, {
      headers: { origin, cookie: page.cookie },
    });
    let isOpened = false, isOver = false;
    socket.onopen = () => {
      isOpened = true;
      socket.send(hello(page, this.#version));
    };
    socket.onerror = () => {};
    socket.onmessage = ({ data }) => {
      const frame: unknown[] = JSON.parse(data);
      if (frame[0] === "ready") return this.#online(socket);
      if (frame[0] === "patch") {
        this.#version = Number(frame[1]);
        return this.#answered.resolve();
      }
      if (frame[0] !== "resync") throw new Error(`Cannot go on with ${data.slice(0, 200)}.`);
      counted.resyncs++;
      isOver = true;
      socket.close();
      this.#isStale = true;
      this.#plan(Math.random() * RESYNC);
    };
    socket.onclose = ({ code, reason }) => {
      this.isLive = false;
      if (isOver) return;
      if (isOpened) firstLoss ??= performance.now();
      else {
        counted.inVain++;
        this.#isStale = true;
      }
      const comesBack = code === Close.restart || code === Close.away || code === Close.age;
      this.#plan(comesBack ? Math.random() * (parseInt(reason) || RETURN) : this.#delay(false));
    };
  }

  #online(socket: WebSocket): void {
    this.#socket = socket;
    this.isLive = true;
    this.#answered.resolve();
    if (firstLoss !== undefined) times.push(performance.now() - firstLoss);
  }
}

let isTable = false;

async function until(isSo: () => boolean): Promise<void> {
  const late = performance.now() + PATIENCE;
  while (!isSo()) {
    if (performance.now() > late) throw new Error("Cannot wait any longer for all of them.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

if (import.meta.main) {
  const [url = "", page = ""] = Deno.args;
  isTable = page === "table";
  const visitors: Visitor[] = [];
  for await (const line of linesOf(Deno.stdin.readable)) {
    const [command, count] = line.split(" ");
    let answer: unknown;
    if (command === "open") {
      await many(Number(count), async () => {
        const visitor = new Visitor(url);
        await visitor.come();
        visitors.push(visitor);
      });
      answer = visitors.length;
    } else if (command === "call") {
      const left = [...visitors];
      await many(left.length, () => left.pop()!.call());
      answer = visitors.length;
    } else {
      await until(() => times.length >= visitors.length && visitors.every(({ isLive }) => isLive));
      answer = {
        p50: quantile(times, 0.5),
        p95: quantile(times, 0.95),
        all: Math.max(...times),
        ...structuredClone(counted),
      };
      Object.assign(counted, { gets: {}, inVain: 0, resyncs: 0 });
      firstLoss = undefined;
      times = [];
    }
    Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
  }
  Deno.exit(0);
}
