/**
 * The floor of a round trip: a WebSocket that sends back what it gets.
 *
 * @module
 */

import type { Sampling } from "../peer.ts";
import type { Wire } from "../wire.ts";

/** The name of its line. */
export const ECHO = "echo.round_trip";

/** Serves it. */
export function echo(request: Request): Response {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
}

/** Times it, with a text as long as the call that is held against it. */
export async function timeEcho(wire: Wire, text: string, { warmUp, samples }: Sampling): Promise<number[]> {
  return await wire.time(Array.from({ length: warmUp + samples }, () => text), warmUp, (answer) => {
    if (answer !== text) throw new Error(`Cannot time the echo: it says ${answer.slice(0, 200)}.`);
  });
}
