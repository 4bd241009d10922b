/**
 * A stranger at an endpoint: over a real server, or in memory.
 *
 * @module
 */

import { App } from "@argyle/argyle";
import type { AnyApp, AppOptions, EndpointContext } from "@argyle/argyle/types";
import { siteOf } from "../../server/app.ts";
import { addEndpoint } from "../../server/door/endpoint_door.ts";
import type { Endpoint } from "../../server/socket/endpoint.ts";
import type { EndpointLine, LineHandlers } from "../../server/socket/endpoint_line.ts";
import { upgradeInMemory } from "../../server/socket/upgrade.ts";
import { SocketPair } from "../../testing/_socket.ts";
import { MemoryLog } from "./peer.ts";

/** Who asks, and where. */
export interface Asking {
  /** `/ws` where left out. */
  readonly path?: string;
  readonly cookie?: string;
  /** The server's own where left out; `null`: none. */
  readonly origin?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without a network, where the app is; `http://127.0.0.1` where left out. */
  readonly at?: string;
}

/** An endpoint that says back what it is told, and remembers whom it has met. */
export class Echo implements Endpoint {
  readonly path: string = "/ws";
  /** Who has asked. */
  readonly asked: EndpointContext[] = [];
  /** Whose socket is open, or was. */
  readonly met: { readonly line: EndpointLine; readonly context: EndpointContext }[] = [];
  /** How many have gone. */
  gone = 0;
  readonly #authorize: (context: EndpointContext) => unknown;
  readonly #more: Partial<LineHandlers>;

  /**
   * @param authorize whatever it gives is given on, also what a program without types would
   * @param more handlers in place of its own
   */
  constructor(
    authorize: (context: EndpointContext) => unknown = () => true,
    more: Partial<LineHandlers> = {},
  ) {
    this.#authorize = authorize;
    this.#more = more;
  }

  authorize(context: EndpointContext): Promise<boolean> {
    this.asked.push(context);
    return this.#authorize(context) as Promise<boolean>;
  }

  connect(line: EndpointLine, context: EndpointContext): LineHandlers {
    this.met.push({ line, context });
    return {
      message: (data) => line.send(`${data instanceof ArrayBuffer ? `${data.byteLength} bytes` : data}`),
      closed: () => void this.gone++,
      ...this.#more,
    };
  }
}

/** An app with this endpoint. */
export function appWith(endpoint: Endpoint, options: AppOptions = {}): App {
  const app = new App({ log: new MemoryLog(), ...options });
  addEndpoint(siteOf(app), endpoint);
  return app;
}

/** One socket. Leaving its scope closes it. */
export class EndpointPeer implements AsyncDisposable {
  readonly #heard: string[] = [];
  readonly #end = Promise.withResolvers<{ code: number; reason: string }>();
  #isOver = false;
  #wake: (() => void) | undefined;
  #send: (data: string | Uint8Array<ArrayBuffer>) => void = () => {};
  #close: () => void = () => {};

  private constructor() {}

  /** Opens one over the network. Rejects where it is refused, with the status in its message. */
  static async connect(server: { readonly url: string }, asking: Asking = {}): Promise<EndpointPeer> {
    const peer = new EndpointPeer();
    const headers = Object.fromEntries(headersOf(asking, server.url));
    const url = `${server.url.replace("http", "ws")}${asking.path ?? "/ws"}`;
    const socket = new WebSocket(url, { headers } as unknown as string[]);
    peer.#send = (data) => socket.send(data);
    peer.#close = () => socket.close();
    socket.onmessage = ({ data }) => peer.#hear(data);
    socket.onclose = ({ code, reason }) => peer.#over(code, reason);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = (event) => reject(new Error((event as ErrorEvent).message));
    });
    socket.onerror = () => {};
    return peer;
  }

  /** Opens one without a network. Rejects where it is refused, with the status. */
  static async inMemory(app: Pick<AnyApp, "fetch">, asking: Asking = {}): Promise<EndpointPeer> {
    const peer = new EndpointPeer();
    const pair = new SocketPair({ up() {}, down: () => true, ended() {}, changed() {} });
    const { browser } = pair;
    browser.onmessage = ({ data }) => peer.#hear(data as string);
    browser.onclose = ({ code }) => peer.#over(code, "");
    peer.#send = (data) => browser.send(data as string);
    peer.#close = () => browser.close();
    const response = await ask(app, asking, pair);
    if (response.status !== 101) throw new Error(`${response.status} ${await response.text()}`);
    pair.open();
    return peer;
  }

  /** Sends anything; in memory, a text. */
  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#send(data);
  }

  /** Sends a text, and gets what comes next. */
  async say(text: string): Promise<string> {
    this.send(text);
    return await this.next();
  }

  /** The next text. */
  async next(): Promise<string> {
    while (this.#heard.length === 0) {
      if (this.#isOver) {
        const { code, reason } = await this.#end.promise;
        throw new Error(`The socket was closed: ${code} ${reason}`);
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#heard.shift()!;
  }

  /** Waits for the server's end of it: its code and, over a network, its reason; and what came before. */
  async ended(): Promise<{ code: number; reason: string; heard: string[] }> {
    return { ...await this.#end.promise, heard: this.#heard.splice(0) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#close();
    await this.#end.promise;
  }

  #hear(text: string): void {
    this.#heard.push(text);
    this.#wake?.();
  }

  #over(code: number, reason: string): void {
    this.#isOver = true;
    this.#end.resolve({ code, reason });
    this.#wake?.();
  }
}

/** Asks for a socket without a network: the answer, whatever it is. */
export async function ask(
  app: Pick<AnyApp, "fetch">,
  asking: Asking = {},
  pair?: SocketPair,
): Promise<Response> {
  const own = asking.at ?? "http://127.0.0.1";
  const headers = new Headers({
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
  });
  for (const [name, value] of headersOf(asking, own)) headers.set(name, value);
  const request = new Request(`${own}${asking.path ?? "/ws"}`, { headers });
  const { server } = pair ?? new SocketPair({ up() {}, down: () => true, ended() {}, changed() {} });
  upgradeInMemory(request, () => ({
    socket: server,
    response: Object.defineProperty(new Response(), "status", { value: 101 }),
  }));
  return await app.fetch(request);
}

function headersOf({ cookie, origin, headers = {} }: Asking, own: string): [string, string][] {
  const asked = Object.entries(headers);
  if (cookie !== undefined) asked.push(["cookie", cookie]);
  if (origin !== null) asked.push(["origin", origin ?? own]);
  return asked;
}
