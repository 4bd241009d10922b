/**
 * A page as a browser has it: the script that the app serves, in a document in memory, over connections that are real.
 *
 * @module
 */

import { Attribute, EVENT_PREFIX, systemClock, VISIT_HEADER } from "@argyle/argyle/protocol";
import type { CookieJar } from "../../testing/_jar.ts";
import { Timers } from "../../testing/_timers.ts";
import { PageWindow } from "../../testing/_window.ts";
import type { Book } from "./book.ts";
import { clickName } from "./ledger.ts";
import type { Random } from "./random.ts";
import { shown } from "./same.ts";

/** Somebody with a browser: cookies, and a way to the app. */
export interface Person {
  readonly name: string;
  readonly jar: CookieJar;
  /** The address of the line through which they come: `http://127.0.0.1:4000`. */
  readonly origin: string;
}

/** Who hears how a page fares. */
export interface Watching {
  online(client: Client, wasAway: number): void;
  offline(client: Client): void;
  /** The page has loaded itself anew, and forgotten what it had sent. */
  reloaded(client: Client, why: string): void;
  /** The page has got its own URL again. */
  resynced(client: Client): void;
}

/** Milliseconds to wait for an answer, as a browser's own patience: the page's script has a shorter one. */
const PATIENCE = 30_000;

/** One tab of a person. */
export class Client implements AsyncDisposable {
  readonly name: string;
  readonly person: Person;
  readonly path: string;
  /** The room that it shows. */
  readonly room: string | undefined;
  readonly #book: Book;
  readonly #watching: Watching;
  readonly #random: Random;
  readonly #timers = new Timers(systemClock, () => {});
  readonly #http = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  readonly #sockets = new Set<WebSocket>();
  #window: PageWindow | undefined;
  #token = "";
  #clicks = 0;
  #isClosed = false;
  #awaySince = 0;
  /** Broadcasts that it was told. */
  heard = 0;

  constructor(
    person: Person,
    { name, path, random }: { name: string; path: string; random: Random },
    book: Book,
    watching: Watching,
  ) {
    this.person = person;
    this.name = name;
    this.path = path;
    this.room = /^\/room\/(.+)$/.exec(path)?.[1];
    this.#random = random;
    this.#book = book;
    this.#watching = watching;
  }

  /** Whether its socket is ready. */
  get live(): boolean {
    return this.#window?.document.documentElement.getAttribute(Attribute.status) === "online";
  }

  /** Since when it is not, by `performance.now()`; `undefined` where it is. */
  get awaySince(): number | undefined {
    return this.live ? undefined : this.#awaySince;
  }

  /** Opens the page. @throws Error where it does not come */
  async open(): Promise<void> {
    const url = new URL(this.path, this.person.origin);
    const response = await this.#fetch(url.href, { headers: { accept: "text/html" } }, "navigate");
    const html = await response.text();
    if (!response.ok) throw new Error(`Cannot open ${url}: it is answered by ${response.status}.`);
    if (this.#isClosed) return;
    await this.#window?.close();
    this.#awaySince = performance.now();
    const window = this.#window = await PageWindow.open(html, url, {
      clock: systemClock,
      random: this.#random.next,
      setTimeout: this.#timers.set,
      clearTimeout: this.#timers.clear,
      fetch: (url, init) => this.#refetch(url, init),
      connect: (url) => this.#connect(url),
      leave: (to) => void this.#reload(to),
    }, true);
    this.#token = tokenOf(window.document) ?? "";
    this.#listen(window.document);
  }

  /** Clicks a button, once; what becomes of it stands in the book. */
  click(button: "press" | "say"): void {
    const name = clickName(this.name, ++this.#clicks);
    this.#book.made(name, button === "say" ? this.room : undefined);
    this.#press(button, name);
  }

  /** What a browser says when it has a network again. */
  wake(): void {
    this.#window?.tell("online");
  }

  /** What the page shows. */
  shown(): string {
    return shown(this.#document);
  }

  /** The same page, fetched anew as the same visit: as its resync would. */
  fresh(): Promise<string> {
    return this.get(this.path, { [VISIT_HEADER]: this.#token });
  }

  /** Any page, as this person. @throws Error where it does not come */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const url = new URL(path, this.person.origin).href;
    const response = await this.#fetch(url, { headers: { accept: "text/html", ...headers } });
    if (response.ok) return await response.text();
    await response.body?.cancel();
    throw new Error(`Cannot get ${url} for ${this.name}: it is answered by ${response.status}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#window?.close();
    this.#timers.close();
    const closed = [...this.#sockets].map((socket) =>
      new Promise<void>((resolve) => {
        if (socket.readyState === WebSocket.CLOSED) return resolve();
        socket.addEventListener("close", () => resolve());
        socket.close();
      })
    );
    await Promise.all(closed);
    this.#http.close();
  }

  get #document(): Document {
    if (this.#window === undefined) {
      throw new Error(`Cannot use the page of ${this.name}: it is not there yet.`);
    }
    return this.#window.document;
  }

  // It is on the button for as long as the event takes: what the page is compared with has none.
  #press(button: string, name: string): void {
    const element = this.#document.getElementById(button);
    if (element === null) throw new Error(`Cannot click ${button} of ${this.name}: there is no such button.`);
    element.setAttribute("data-click", name);
    element.click();
    element.removeAttribute("data-click");
  }

  #listen(document: Document): void {
    for (const stage of ["success", "error", "halted", "forbidden"]) {
      document.addEventListener(EVENT_PREFIX + stage, ({ detail }: CustomEventInit) => {
        const name = detail?.data?.a?.["data-click"];
        if (name !== undefined) this.#book.told(name, stage === "success" ? undefined : String(detail.code));
      }, true);
    }
    document.addEventListener(`${EVENT_PREFIX}connected`, () => {
      this.#watching.online(this, performance.now() - this.#awaySince);
    });
    document.addEventListener(`${EVENT_PREFIX}disconnected`, () => {
      this.#awaySince = performance.now();
      this.#watching.offline(this);
    });
    for (const name of ["chaos:said", "chaos:pressed"]) document.addEventListener(name, () => this.heard++);
  }

  async #reload(to: URL): Promise<void> {
    if (this.#isClosed) return;
    this.#watching.reloaded(this, `it goes to ${to.pathname}`);
    for (let left = 100; left-- && !this.#isClosed;) {
      try {
        return await this.open();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100)); // as a person does who presses the button again
      }
    }
  }

  async #refetch(url: string, init: RequestInit): Promise<Response> {
    const response = await this.#fetch(url, init);
    if (response.ok && init.method === undefined) {
      // The page goes on with what this one says of itself.
      const token = new RegExp(`${Attribute.page}="([^"]*)"`).exec(await response.clone().text())?.[1];
      if (token !== undefined) this.#token = token;
      this.#watching.resynced(this);
    }
    return response;
  }

  async #fetch(url: string, init: RequestInit, mode = "cors"): Promise<Response> {
    const { jar, origin, name } = this.person, headers = new Headers(init.headers);
    headers.set("cookie", `${jar.header}${jar.header === "" ? "" : "; "}who=${name}`);
    headers.set("sec-fetch-site", "same-origin");
    headers.set("sec-fetch-mode", mode);
    if (init.method !== undefined && init.method !== "GET") headers.set("origin", origin);
    // The document's own signal is not one that Deno's fetch takes.
    const gone = new AbortController();
    init.signal?.addEventListener("abort", () => gone.abort(), { once: true });
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(PATIENCE)]);
    const response = await fetch(url, { ...init, headers, signal, client: this.#http } as RequestInit);
    jar.keep(response);
    return response;
  }

  #connect(url: string): WebSocket & { onmessage: never; onclose: never; onopen: never } {
    const { jar, origin, name } = this.person;
    const headers = { cookie: `${jar.header}; who=${name}`, origin };
    const socket = new WebSocket(url, { headers } as unknown as string[]);
    socket.addEventListener("error", () => {}); // the close behind it says as much
    this.#sockets.add(socket);
    socket.addEventListener("close", () => this.#sockets.delete(socket));
    return socket as never;
  }
}

function tokenOf(document: Document): string | null | undefined {
  return document.querySelector(`script[${Attribute.page}]`)?.getAttribute(Attribute.page);
}
