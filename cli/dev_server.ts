/**
 * What `dev` itself answers: the channel to its script in pages, and a page while no app runs. To whoever does not name this
 * machine, and to pages of other origins, it is not there.
 *
 * @module
 */

import { timingSafeEqual } from "node:crypto";
import { Path } from "../protocol/markers.ts";
import { isLoopback } from "../server/http/host.ts";
import { secureHeaders } from "../server/http/headers.ts";
import type { Fault } from "./dev_fault.ts";
import { faultText, idlePage } from "./dev_page.ts";

/** What a page is told. */
export type PageNews =
  | { readonly kind: "state"; readonly state: State; readonly start: number; readonly fault?: Fault }
  | { readonly kind: "fault"; readonly fault: Fault; readonly isPast?: boolean }
  | { readonly kind: "css" | "image"; readonly path: string };

/** Whether the app runs. */
export type State = "starting" | "ready" | "failed";

/** What the server asks. */
export interface Situation {
  /** What a page is let in by. */
  readonly token: string;
  /** How it stands, as a page is told. */
  state(): Extract<PageNews, { kind: "state" }>;
  /** Failures of requests since the app has started. */
  faults(): readonly Fault[];
}

/** Channels at a time. */
const CHANNELS = 100;

/** Answers on a port of its own. */
export class DevServer implements AsyncDisposable {
  readonly #situation: Situation;
  readonly #channels = new Set<WebSocket>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(situation: Situation) {
    this.#situation = situation;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** Where it listens. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Tells all pages. */
  tell(news: PageNews): void {
    const text = JSON.stringify(news);
    for (const channel of this.#channels) if (channel.readyState === WebSocket.OPEN) channel.send(text);
  }

  /** Closes the channels and the port. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const channel of this.#channels) channel.close(1001);
    await this.#server.shutdown();
  }

  #answer(request: Request): Response {
    const url = URL.parse(request.url);
    const isKnown = url !== null && isLoopback(url.hostname) && request.headers.get("host") === url.host;
    if (url?.pathname === Path.dev) {
      return isKnown && this.#mayListen(request, url)
        ? this.#open(request)
        : refuse(404, "There is no such page.");
    }
    if (!isKnown) {
      return refuse(421, "The app does not run. See the terminal, or open this page as localhost.");
    }
    const { fault } = this.#situation.state();
    const accept = request.headers.get("accept") ?? "";
    if (request.method !== "GET" || !accept.includes("text/html")) {
      return refuse(503, fault === undefined ? "The app starts." : faultText(fault));
    }
    return answer(503, ...idlePage(fault, this.#situation.token));
  }

  // A page of ours alone: other sites do not know the token, and their browsers say who they are.
  #mayListen({ method, headers }: Request, url: URL): boolean {
    return method === "GET" && headers.get("upgrade")?.toLowerCase() === "websocket" &&
      headers.get("origin") === url.origin && this.#channels.size < CHANNELS &&
      isSame(url.searchParams.get("token") ?? "", this.#situation.token);
  }

  #open(request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 60 });
    this.#channels.add(socket);
    socket.onopen = () => {
      const { state, faults } = this.#situation;
      for (
        const news of [state(), ...faults().map((fault) => ({ kind: "fault", fault, isPast: true } as const))]
      ) {
        socket.send(JSON.stringify(news));
      }
    };
    // Pages listen here. Whoever speaks is none of them.
    socket.onmessage = () => socket.close(1008);
    socket.onclose = () => this.#channels.delete(socket);
    socket.onerror = () => this.#channels.delete(socket);
    return response;
  }
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [given, token].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(status: number, text: string): Response {
  return answer(status, text, { "content-type": "text/plain; charset=utf-8" });
}

// The connection ends with the answer: the next one may lead to the app.
function answer(status: number, body: string, more: Readonly<Record<string, string>>): Response {
  const headers = new Headers({ ...more, "cache-control": "no-store", connection: "close" });
  if (status === 503) headers.set("retry-after", "1");
  secureHeaders(headers, false);
  return new Response(body, { status, headers });
}
