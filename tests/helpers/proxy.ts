/**
 * A line that can go bad: stands between a client and a server, and passes on what each says until it is told to cut,
 * freeze or delay it.
 *
 * @module
 */

import { type Clock, systemClock } from "@argyle/argyle/protocol";

/** Which way: `up` to the server, `down` to the client. */
export type Direction = "up" | "down";

/** Where a connection leads. */
export interface Target {
  readonly hostname: string;
  readonly port: number;
}

/** Listens on a port of this machine. Leaving the scope ends it, with every connection. */
export class Proxy implements AsyncDisposable {
  readonly #target: () => Target | undefined;
  readonly #clock: Clock;
  readonly #listener: Deno.TcpListener;
  readonly #accepting: Promise<void>;
  readonly #lines = new Set<Line>();
  readonly #ended = new Set<Promise<void>>();
  readonly #gates = { up: new Gate(), down: new Gate() };
  #refuses = false;
  /** Milliseconds for which every byte is on its way, in each direction; for what is read from now on. */
  delay = 0;

  /**
   * @param target where connections lead; or what is asked for each of them: where it names none, the connection ends
   * @param options `clock`: the time by which bytes are delayed; the system's where left out
   */
  constructor(
    target: Target | (() => Target | undefined),
    { clock = systemClock }: { clock?: Clock } = {},
  ) {
    this.#target = typeof target === "function" ? target : () => target;
    this.#clock = clock;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#lines.size;
  }

  /** Ends every connection at once; what was on its way is lost. */
  cut(): void {
    for (const line of this.#lines) line.close();
  }

  /** From now on new connections end at once, as where nobody listens; `accept()` ends it. */
  refuse(): void {
    this.#refuses = true;
  }

  /** New connections lead to the server again. */
  accept(): void {
    this.#refuses = false;
  }

  /** Holds back what is said, one way or both; connections stay open. */
  freeze(...directions: Direction[]): void {
    for (const direction of both(directions)) this.#gates[direction].close();
  }

  /** Passes on what was held back, and all that follows. */
  thaw(...directions: Direction[]): void {
    for (const direction of both(directions)) this.#gates[direction].open();
  }

  /** Resolves when something that was said is being held back: it has left the one end and not reached the other. */
  held(direction: Direction): Promise<void> {
    return this.#gates[direction].held;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    this.cut();
    await Promise.all(this.#ended);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      if (this.#refuses) client.close();
      else {
        const ended: Promise<void> = this.#pass(client).finally(() => this.#ended.delete(ended));
        this.#ended.add(ended);
      }
    }
  }

  async #pass(client: Deno.TcpConn): Promise<void> {
    const target = this.#target();
    const server = target && await Deno.connect(target).catch(() => undefined);
    if (server === undefined) return client.close(); // the server is away: so are we
    client.setNoDelay();
    server.setNoDelay();
    const line = new Line(client, server);
    this.#lines.add(line);
    await Promise.all([this.#pump(line, "up"), this.#pump(line, "down")]);
    this.#lines.delete(line);
  }

  // Reads on while bytes are delayed, as a long line does; what is frozen is not read on, as with a full window.
  async #pump(line: Line, direction: Direction): Promise<void> {
    const [from, to] = direction === "up" ? [line.client, line.server] : [line.server, line.client];
    const buffer = new Uint8Array(64 * 1024);
    let last = Promise.resolve();
    for (;;) {
      const count = await line.unlessClosed(from.read(buffer));
      if (count === null) break;
      const bytes = buffer.slice(0, count), { delay } = this;
      const due = delay === 0 ? undefined : line.after(delay, this.#clock);
      const before = last;
      last = (async () => {
        await before;
        await due;
        await line.unlessClosed(this.#gates[direction].pass());
        await line.unlessClosed(writeAll(to, bytes));
      })();
      if (delay === 0) await last;
    }
    // One end has had enough: the other hears so when all has reached it.
    await last;
    line.close();
  }
}

/** One connection on both sides. */
class Line {
  readonly client: Deno.TcpConn;
  readonly server: Deno.TcpConn;
  readonly #closed = Promise.withResolvers<null>();
  #isClosed = false;

  constructor(client: Deno.TcpConn, server: Deno.TcpConn) {
    this.client = client;
    this.server = server;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed.resolve(null);
    this.client.close();
    this.server.close();
  }

  /** What it comes to; `null` where the connection ends first, from either end. */
  async unlessClosed<T>(work: Promise<T>): Promise<T | null> {
    if (this.#isClosed) {
      work.catch(() => {}); // nobody is there for it
      return null;
    }
    return await Promise.race([this.#closed.promise, work.catch((error) => this.#end(error))]);
  }

  /** Waits; less long where the connection ends. */
  async after(ms: number, clock: Clock): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(ms, resolve);
    await this.unlessClosed(promise);
    cancel();
  }

  // A peer that resets, and a read that our own close has ended, are ends like any other.
  #end(error: unknown): null {
    const isEnd = this.#isClosed || error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionAborted;
    if (!isEnd) throw error;
    this.close();
    return null;
  }
}

/** Lets everything through, or holds it. */
class Gate {
  #opened: PromiseWithResolvers<void> | undefined;
  #held = Promise.withResolvers<void>();

  get held(): Promise<void> {
    return this.#held.promise;
  }

  close(): void {
    this.#opened ??= Promise.withResolvers();
  }

  open(): void {
    this.#opened?.resolve();
    this.#opened = undefined;
    this.#held = Promise.withResolvers();
  }

  async pass(): Promise<void> {
    while (this.#opened !== undefined) {
      this.#held.resolve();
      await this.#opened.promise;
    }
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  while (bytes.length > 0) bytes = bytes.subarray(await to.write(bytes));
}

function both(directions: readonly Direction[]): readonly Direction[] {
  return directions.length === 0 ? ["up", "down"] : directions;
}
