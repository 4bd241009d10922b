/**
 * How a page reaches the app: requests and sockets, both through `app.fetch`, with what a browser would say of itself.
 *
 * @module
 */

import type { Socket } from "../client/environment.ts";
import { upgradeInMemory } from "../server/socket/upgrade.ts";
import type { CookieJar } from "./_jar.ts";
import { type Reader, SocketPair } from "./_socket.ts";

/**
 * What can be opened: an app, or another framework's in which one is mounted.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { open, type Served } from "@argyle/argyle/testing";
 * const app = new App();
 * app.page("/", () => "Hello");
 * const hurried: Served = { fetch: (request) => app.fetch(request) };
 * await using ann = await open(hurried, "/");
 * console.assert(ann.text("body") === "Hello");
 * ```
 */
export interface Served {
  /** Answers a request. The app must be handed the very request that comes in, as `c.req.raw` is. */
  fetch(request: Request): Response | Promise<Response>;
}

/** Who reaches the app, and from where. */
export interface Visitor {
  readonly app: Served;
  readonly jar: CookieJar;
  readonly origin: string;
  /** What every request of the person carries. */
  readonly headers: Headers;
}

/** More than this in a row is a circle. */
const REDIRECTS = 20;

/** One page's line to the app. It can be cut. */
export class Network {
  readonly #visitor: Visitor;
  readonly #reader: Reader;
  #pair: SocketPair | undefined;
  #isCut = false;
  #requests = 0;
  #opening = 0;

  constructor(visitor: Visitor, reader: Reader) {
    this.#visitor = visitor;
    this.#reader = reader;
  }

  /** Whether it was cut. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Whether an answer, or a socket that is asked for, is on its way. */
  get isBusy(): boolean {
    return this.#requests + this.#opening > 0;
  }

  /** Sends a request of the page's script. */
  async fetch(url: string, init: RequestInit): Promise<Response> {
    this.#requests++;
    try {
      const { signal } = init;
      const gone = Promise.withResolvers<never>();
      signal?.addEventListener("abort", () => gone.reject(signal.reason), { once: true });
      const response = await Promise.race([
        this.#send(new URL(url, this.#visitor.origin), init),
        gone.promise,
      ]);
      // The line may have been cut since.
      if (!this.#isCut) return response;
      await response.body?.cancel();
      throw unreachable(url);
    } finally {
      this.#requests--;
      this.#reader.changed();
    }
  }

  /**
   * Goes to a page, and wherever it sends the person.
   *
   * @throws Error where that is another origin, or goes round in a circle
   */
  async visit(url: URL, init: RequestInit = {}): Promise<{ response: Response; url: URL }> {
    for (let left = REDIRECTS; left--;) {
      if (url.origin !== this.#visitor.origin) {
        throw new Error(`Cannot go to ${url.href}: it is not of ${this.#visitor.origin}.`);
      }
      const response = await this.#send(url, init, "navigate");
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || location === null) return { response, url };
      await response.body?.cancel();
      const { hash } = url;
      url = new URL(location, url);
      url.hash ||= hash;
      // All but these two say: get it there.
      if (response.status !== 307 && response.status !== 308) init = {};
    }
    throw new Error(`Cannot go to ${url.href}: ${REDIRECTS} redirects lead to one another.`);
  }

  /** Asks for a socket. */
  connect(url: string): Socket {
    const pair = this.#pair = new SocketPair(this.#reader);
    this.#opening++;
    // A browser answers later, in any case.
    queueMicrotask(() => void this.#upgrade(pair, url).finally(() => this.#opening--));
    return pair.browser;
  }

  /** Cuts the line: nothing comes through any more, and nobody is told. */
  cut(): void {
    this.#isCut = true;
    this.#pair?.cut();
  }

  /** Mends it. */
  mend(): void {
    this.#isCut = false;
  }

  async #upgrade(pair: SocketPair, url: string): Promise<void> {
    if (this.#isCut) return pair.cut();
    const request = this.#request(new URL(url.replace(/^ws/, "http")), {
      headers: {
        upgrade: "websocket",
        connection: "Upgrade",
        "sec-websocket-version": "13",
        origin: this.#visitor.origin,
        "sec-websocket-key": crypto.getRandomValues(new Uint8Array(16)).toBase64(),
      },
    });
    upgradeInMemory(request, () => ({ socket: pair.server, response: switching() }));
    const response = await this.#visitor.app.fetch(request);
    if (response.status === 101) return pair.open();
    await response.body?.cancel();
    pair.cut();
  }

  async #send(url: URL, init: RequestInit, mode = "cors"): Promise<Response> {
    if (this.#isCut) throw unreachable(url);
    const request = this.#request(url, init);
    request.headers.set("sec-fetch-site", "same-origin");
    request.headers.set("sec-fetch-mode", mode);
    const response = await this.#visitor.app.fetch(request);
    this.#visitor.jar.keep(response);
    return response;
  }

  #request(url: URL, { signal: _, ...init }: RequestInit): Request {
    const { jar, origin, headers: own } = this.#visitor;
    const headers = new Headers(own);
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    if (jar.header !== "") headers.set("cookie", jar.header);
    // A browser names the origin of what may change something, and of a socket.
    if ((init.method ?? "GET") !== "GET") headers.set("origin", origin);
    const request = new URL(url);
    request.hash = "";
    return new Request(request, { ...init, headers });
  }
}

function unreachable(url: string | URL): TypeError {
  return new TypeError(`Cannot reach ${url}: the line is cut.`);
}

/** `Response` makes none with this status: only a server may switch protocols. */
function switching(): Response {
  return Object.defineProperty(new Response(), "status", { value: 101 });
}
