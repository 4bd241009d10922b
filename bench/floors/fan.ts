/**
 * The floor of a publish: bare sockets that are sent one prepared text, in one loop.
 *
 * @module
 */

/** Sockets that are sent the same. */
export class Fan {
  readonly #sockets = new Set<WebSocket>();

  /** Serves one more socket. It belongs to the others from its first text on, which it is sent back. */
  serve(request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      this.#sockets.add(socket);
      socket.send(data);
    };
    socket.onclose = () => this.#sockets.delete(socket);
    return response;
  }

  /** Sends all of them a text. */
  send(text: string): void {
    for (const socket of this.#sockets) socket.send(text);
  }
}
