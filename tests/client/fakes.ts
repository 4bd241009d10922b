/**
 * Time, chance, sockets and answers, turned by hand.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Environment, Socket } from "../../client/environment.ts";
import type { Load, LoadPatches, LoadRest } from "../../client/beside.ts";
import * as care from "../../client/care.ts";
import * as operations from "../../client/do.ts";
import * as patches from "../../client/patches.ts";
import * as rest from "../../client/rest.ts";
import type { ServerFrame } from "../../protocol/frames.ts";

const scripts = { rest, patches, operations, care };

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sent: string[] = [];
  closed = false;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  /** The handshake succeeds. */
  open(): void {
    this.onopen?.();
  }

  /** A frame arrives. */
  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** The other end, or the network, goes away. */
  fail(code: number, reason = ""): void {
    this.onclose?.({ code, reason });
  }

  /** What was sent since the last look. */
  take(): unknown[] {
    return this.sent.splice(0).map((text) => JSON.parse(text));
  }
}

/** What a fetch was asked, and its answer to give. */
export interface FakeRequest {
  readonly url: string;
  readonly init: RequestInit;
  answer(
    body: string,
    options?: { status?: number; headers?: HeadersInit; url?: string; redirected?: boolean },
  ): void;
  fail(): void;
}

/** An environment in which nothing happens by itself. */
export class FakeEnvironment implements Environment {
  readonly sockets: FakeSocket[] = [];
  readonly requests: FakeRequest[] = [];
  readonly visited: string[] = [];
  chance = 0.5;
  #now = 1000;
  #timers: { at: number; run: () => void }[] = [];

  readonly clock: Environment["clock"] = {
    now: () => this.#now,
    after: (ms, run) => {
      const timer = { at: this.#now + ms, run };
      this.#timers.push(timer);
      return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
    },
  };

  readonly location: Environment["location"] = {
    href: "https://shop.test/app/orders?page=2#top",
    reload: () => void this.visited.push("reload"),
    replace: (href) => void this.visited.push(`replace ${href}`),
  };

  readonly random = (): number => this.chance;

  readonly connect = (url: string): Socket => {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket;
  };

  /** Whether the scripts beside can be had. */
  hasRest = true;
  readonly load =
    ((name: keyof typeof scripts) =>
      this.hasRest ? Promise.resolve(scripts[name]) : Promise.reject(new TypeError("no network"))) as Load;
  readonly rest: LoadRest = () => this.load("rest");
  readonly patches: LoadPatches = () => this.load("patches");

  readonly fetch = (url: string, init: RequestInit): Promise<Response> => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    this.requests.push({
      url,
      init,
      answer(
        body,
        { status = 200, headers = {}, url: final = url.replace(/#.*/, ""), redirected = false } = {},
      ) {
        const response = new Response(body, { status, headers });
        Object.defineProperties(response, { url: { value: final }, redirected: { value: redirected } });
        resolve(response);
      },
      fail: () => reject(new TypeError("network")),
    });
    return promise;
  };

  /** Time passes. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  /** The newest socket. */
  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  /** The newest request. */
  get request(): FakeRequest {
    return this.requests.at(-1)!;
  }
}

/** Lets everything happen that needs no time. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
