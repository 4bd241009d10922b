/**
 * The floor of variables that are set together: a bare socket that is sent prepared texts, in one loop.
 *
 * @module
 */

import { setFrame, variableName, VARIABLES } from "../sync_frames.ts";

/** Serves it: a text with a value is answered with the frames of all variables; `prepare:FROM:COUNT`, before, with itself. */
export function burst(request: Request): Response {
  const { socket, response } = Deno.upgradeWebSocket(request);
  let prepared = new Map<string, readonly string[]>();
  socket.onmessage = ({ data }) => {
    const texts = prepared.get(data);
    if (texts !== undefined) {
      for (const text of texts) socket.send(text);
      return;
    }
    const [, from, count] = data.split(":").map(Number);
    const values = Array.from({ length: count }, (_, index) => from + index);
    prepared = new Map(values.map((value) => [String(value), framesOf(value)]));
    socket.send(data);
  };
  return response;
}

function framesOf(value: number): string[] {
  return Array.from({ length: VARIABLES }, (_, index) => setFrame(variableName(index), value));
}
