/**
 * The floor of a change of a list: bare sockets that are sent the prepared frames of their pages, in one loop.
 *
 * @module
 */

import { insertFrames, ITEMS, PAGES } from "../sync_frames.ts";

/** Sockets by the page that they see. */
export class Windows {
  readonly #sockets = new Map<WebSocket, number>();
  #next = ITEMS;
  #prepared = prepare(ITEMS);

  /** Serves one more socket. Its first text says its page, and is sent back. */
  serve(request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      this.#sockets.set(socket, Number(data));
      socket.send(data);
    };
    socket.onclose = () => this.#sockets.delete(socket);
    return response;
  }

  /** Sends all of them what the item of this number is to them; it is the next of the one before. */
  send(number: number): void {
    if (number !== this.#next) throw new RangeError(`Cannot send ${number}: ${this.#next} is prepared.`);
    for (const [socket, page] of this.#sockets) {
      for (const text of this.#prepared[page]!) socket.send(text);
    }
    // The system has the frames by now.
    this.#prepared = prepare(++this.#next);
  }
}

function prepare(number: number): string[][] {
  return Array.from({ length: PAGES }, (_, page) => insertFrames(page, number));
}
