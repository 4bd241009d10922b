/**
 * A stranger with a socket: speaks frames by hand, over a real server.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { AnyApp, LogFields, Logger } from "@argyle/argyle/types";
import { Attribute, Path, PROTOCOL_VERSION, VISIT_HEADER } from "@argyle/argyle/protocol";
import { wordsOf } from "../../server/observe.ts";

/** A log that tests read. */
export class MemoryLog implements Logger {
  /** Everything that was said, a line each. */
  readonly lines: string[] = [];
  info(message: string, fields?: LogFields): void {
    this.lines.push(`info ${message} ${JSON.stringify(fields ?? {})}`);
  }
  warn(message: string, fields?: LogFields): void {
    this.lines.push(`warn ${message} ${JSON.stringify(fields ?? {})}`);
  }
  error(message: string, error: unknown, fields?: LogFields): void {
    const text = error instanceof Error ? `${error.message} ${String(error.cause ?? "")}` : wordsOf(error);
    this.lines.push(`error ${message}: ${text} ${JSON.stringify(fields ?? {})}`);
  }
}

/** A page as a browser without eyes has it. */
export interface LoadedPage {
  readonly response: Response;
  readonly html: string;
  readonly body: string;
  readonly token: string;
  readonly visit: string;
  readonly cookie: string;
}

/** Gets a page, as a browser with this cookie would. */
export async function load(
  app: Pick<AnyApp, "fetch">,
  path = "/",
  options: { cookie?: string; origin?: string; visit?: string; headers?: Record<string, string> } = {},
): Promise<LoadedPage> {
  const headers = new Headers(options.headers);
  if (options.cookie !== undefined) headers.set("cookie", options.cookie);
  if (options.visit !== undefined) headers.set(VISIT_HEADER, options.visit);
  const response = await app.fetch(
    new Request(new URL(path, options.origin ?? "http://127.0.0.1"), { headers }),
  );
  const html = await response.text();
  return {
    response,
    html,
    body: /<body>(.*)<\/body>/s.exec(html)?.[1] ?? "",
    token: new RegExp(`${Attribute.page}="([^"]*)"`).exec(html)?.[1] ?? "",
    visit: new RegExp(`${Attribute.visit}="([^"]*)"`).exec(html)?.[1] ?? "",
    cookie: response.headers.get("set-cookie")?.split(";")[0] ?? options.cookie ?? "",
  };
}

/** What came back: a frame, or the end. */
export type Heard = readonly unknown[];

/** One socket. Leaving its scope closes it. */
export class Peer implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #heard: Heard[] = [];
  readonly #closed = Promise.withResolvers<CloseEvent>();
  #wake: (() => void) | undefined;
  #end: CloseEvent | undefined;
  /** Every text that came, as it came. */
  readonly texts: string[] = [];
  #n = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      this.texts.push(data);
      this.#heard.push(JSON.parse(data));
      this.#wake?.();
    };
    socket.onclose = (event) => {
      this.#end ??= event;
      this.#closed.resolve(event);
      this.#wake?.();
    };
    socket.onerror = () => {};
  }

  /** Opens a socket, without saying anything. Rejects where the handshake is refused. */
  static async connect(
    server: { url: string },
    { cookie, origin = server.url, base = "", headers: more = {} }: {
      cookie?: string;
      origin?: string | null;
      base?: string;
      headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Peer> {
    const headers: Record<string, string> = { ...more };
    if (cookie !== undefined && cookie !== "") headers.cookie = cookie;
    if (origin !== null) headers.origin = origin;
    const url = `${server.url.replace("http", "ws")}${base}${Path.socket}`;
    const socket = new WebSocket(url, { headers } as unknown as string[]);
    const peer = new Peer(socket);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.addEventListener("error", (event) => reject(new Error((event as ErrorEvent).message)), {
        once: true,
      });
    });
    return peer;
  }

  /** Opens a socket for a page, and waits until it is live. */
  static async live(
    server: { url: string },
    page: LoadedPage,
    options: { version?: number; base?: string } = {},
  ): Promise<Peer> {
    const peer = await Peer.connect(server, { cookie: page.cookie, ...options });
    peer.hello(page, options.version);
    assert.deepEqual(await peer.next(), ["ready", options.version ?? 0]);
    return peer;
  }

  /** The first frame. */
  hello(page: Pick<LoadedPage, "token">, version = 0): void {
    this.send(["hello", PROTOCOL_VERSION, page.token, version]);
  }

  /** Sends anything. */
  send(frame: unknown): void {
    this.#socket.send(
      typeof frame === "string" || frame instanceof Uint8Array ? frame as string : JSON.stringify(frame),
    );
  }

  /** Makes a call and waits for what comes next. */
  async call(target: string, args: unknown[] = [], element: unknown = {}): Promise<Heard> {
    this.#n += 1;
    this.send(["call", this.#n, this.#n - 1, target, args, element]);
    return await this.next();
  }

  /** The next frame. */
  async next(): Promise<Heard> {
    while (this.#heard.length === 0) {
      if (this.#end !== undefined) {
        throw new Error(`The socket was closed: ${this.#end.code} ${this.#end.reason}`);
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#heard.shift()!;
  }

  /** Waits for the server's end of it: its code, and what came before. */
  async ended(): Promise<{ code: number; reason: string; heard: Heard[] }> {
    const { code, reason } = await this.#closed.promise;
    return { code, reason, heard: this.#heard.splice(0) };
  }

  /** Whether nothing has come that was not read; a ping tells, because frames keep their order. */
  async quiet(): Promise<void> {
    this.send(["ping"]);
    assert.deepEqual(await this.next(), ["pong"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#end !== undefined) return;
    this.#socket.close();
    await this.#closed.promise;
  }
}

/** Runs a test with a time limit: a socket that is waited for in vain must not hang the suite. */
export function timed(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, timeout: 20_000, fn });
}
