/**
 * The page's socket, as the panel hears it, and what it does to it: frames that take longer, a line that is cut, a server
 * that restarts. It works on whatever socket the page opens, so that the client knows nothing of it.
 *
 * @module
 */

import { Close, Path } from "../protocol/markers.ts";
import { Queue } from "./panel_queue.ts";

/** Who hears what goes and comes. */
export interface Ear {
  /** A frame was given to the socket. */
  sent(text: string): void;
  /** A frame has come, and the page is about to hear it. */
  came(text: string): void;
}

/** A socket of the page. */
interface Known {
  readonly up: Queue;
  readonly down: Queue;
}

/** Listens to the page's sockets, from the next frame on that one of them sends. */
export class PanelLine {
  /** Milliseconds that each frame is held back, either way. */
  delay = 0;
  readonly #ear: Ear;
  readonly #known = new WeakMap<WebSocket, Known>();
  /** Events that come for the second time, or that the panel has made up. */
  readonly #ours = new WeakSet<Event>();
  #socket: WebSocket | undefined;
  #isCut = false;

  constructor(ear: Ear) {
    this.#ear = ear;
  }

  /** Whether the line is cut. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Begins to listen. */
  start(): void {
    const hear = (socket: WebSocket, event: MessageEvent) => this.#hear(socket, event);
    const take = (socket: WebSocket, text: string, send: (text: string) => void) =>
      this.#send(socket, text, send);
    globalThis.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        // Before any of the page's own listeners: a socket has no capturing phase that would make up for coming later.
        if (isOurs(this)) this.addEventListener("message", (event) => hear(this, event));
      }

      override send(data: string | Blob | BufferSource): void {
        if (typeof data !== "string" || !isOurs(this)) return super.send(data);
        take(this, data, (text) => super.send(text));
      }
    };
  }

  /** Cuts the line. Whatever the page tries, there is nobody at the other end. */
  cut(): void {
    this.#isCut = true;
    this.#socket?.close();
  }

  /** Mends it. The page looks at once. */
  mend(): void {
    this.#isCut = false;
    dispatchEvent(new Event("online"));
  }

  /** What a page sees of a server that restarts: the line is closed, with the words that a server has for it. */
  restart(): void {
    this.#makeUp(new CloseEvent("close", { code: Close.restart, reason: "100 ms: the server restarts." }));
  }

  /** As if the server did not know any more what the page shows. */
  resync(): void {
    this.#makeUp(new MessageEvent("message", { data: '["resync","panel"]' }));
  }

  #makeUp(event: Event): void {
    this.#ours.add(event);
    this.#socket?.dispatchEvent(event);
  }

  #send(socket: WebSocket, text: string, send: (text: string) => void): void {
    const { up } = this.#knowOf(socket);
    this.#socket = socket;
    if (this.#isCut) return socket.close();
    this.#ear.sent(text);
    if (this.delay === 0 && up.isEmpty) return send(text);
    up.add(this.delay, () => {
      if (socket.readyState === WebSocket.OPEN) send(text);
    });
  }

  #knowOf(socket: WebSocket): Known {
    let known = this.#known.get(socket);
    if (known === undefined) this.#known.set(socket, known = { up: new Queue(), down: new Queue() });
    return known;
  }

  #hear(socket: WebSocket, event: MessageEvent): void {
    if (this.#ours.has(event)) return;
    if (this.#isCut) return event.stopImmediatePropagation();
    const { data } = event, { down } = this.#knowOf(socket);
    if (this.delay === 0 && down.isEmpty) return this.#ear.came(data);
    event.stopImmediatePropagation();
    down.add(this.delay, () => {
      if (this.#isCut || socket !== this.#socket) return;
      this.#ear.came(data);
      this.#makeUp(new MessageEvent("message", { data }));
    });
  }
}

function isOurs({ url }: WebSocket): boolean {
  return new URL(url).pathname.endsWith(Path.socket);
}
