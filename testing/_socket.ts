/**
 * A socket whose two ends are in one process: what the one sends, the other hears a moment later, in order.
 *
 * @module
 */

import type { Socket as BrowserSocket } from "../client/environment.ts";
import type { Socket as ServerSocket } from "../server/socket/line.ts";

const CONNECTING = 0, OPEN = 1, CLOSED = 3;

/** What RFC 6455 has a peer say of an end that it was not told of, and of one without a code. */
const LOST = 1006, NO_CODE = 1005;

/** Who reads along. */
export interface Reader {
  /** The server has been handed a frame. */
  up(text: string): void;
  /** The browser is about to be handed a frame; `false` where it is lost on the way, and the line with it. */
  down(text: string): boolean;
  /** The browser has heard of the end. */
  ended(code: number): void;
  /** Something has changed for the browser. */
  changed(): void;
}

/** Both ends, and what lies between them. */
export class SocketPair {
  readonly #reader: Reader;
  #state = CONNECTING;
  /** The browser's end. */
  readonly browser: BrowserSocket;
  /** The server's end. */
  readonly server: ServerSocket & EventTarget;

  constructor(reader: Reader) {
    this.#reader = reader;
    this.browser = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (text) => this.#travel(() => this.#toServer(text)),
      // The page that closes it listens to it no more, as `WebSocket` says of one that is closed while it opens.
      close: () => this.#travel(() => this.#end(NO_CODE, "")),
    };
    this.server = new ServerEnd(
      () => this.#state,
      (text) => this.#travel(() => this.#toBrowser(text)),
      (code, reason) => this.#travel(() => this.#end(code, reason)),
    );
  }

  /** The server has upgraded the request: both ends are open. */
  open(): void {
    // The browser has gone meanwhile: what was upgraded for it hears so.
    if (this.#state === CLOSED) return this.#tellServer(LOST, "");
    this.#state = OPEN;
    this.server.dispatchEvent(new Event("open"));
    this.browser.onopen?.();
    this.#reader.changed();
  }

  /** The network goes away, with all that is on its way. */
  cut(): void {
    this.#end(LOST, "");
  }

  // Not at once: nobody is to hear in the middle of a sentence, and of two frames the first comes first.
  #travel(arrive: () => void): void {
    queueMicrotask(() => this.#state === CLOSED || arrive());
  }

  #toServer(text: string): void {
    this.#reader.up(text);
    this.server.dispatchEvent(new MessageEvent("message", { data: text }));
  }

  #toBrowser(text: string): void {
    if (!this.#reader.down(text)) return this.cut();
    this.browser.onmessage?.({ data: text });
    this.#reader.changed();
  }

  #end(code: number, reason: string): void {
    if (this.#state === CLOSED) return;
    const wasOpen = this.#state === OPEN;
    this.#state = CLOSED;
    this.browser.onclose?.({ code });
    this.#reader.ended(code);
    if (wasOpen) this.#tellServer(code, reason);
    this.#reader.changed();
  }

  #tellServer(code: number, reason: string): void {
    this.server.dispatchEvent(new CloseEvent("close", { code, reason }));
  }
}

class ServerEnd extends EventTarget {
  readonly #state: () => number;
  readonly send: (text: string) => void;
  readonly close: (code: number, reason: string) => void;
  /** Memory is as fast as a reader can be. */
  readonly bufferedAmount = 0;

  constructor(state: () => number, send: ServerSocket["send"], close: ServerSocket["close"]) {
    super();
    this.#state = state;
    this.send = send;
    this.close = close;
  }

  get readyState(): number {
    return this.#state();
  }
}
