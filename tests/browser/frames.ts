/**
 * The page's socket, listened to or played by hand.
 *
 * @module
 */

import { type ClientFrame, Path, type ServerFrame } from "@argyle/argyle/protocol";
import type { Page } from "./chromium.ts";

/** What has gone over a page's sockets so far, in order. */
export interface Overheard {
  readonly sent: readonly ClientFrame[];
  readonly received: readonly ServerFrame[];
}

/** Listens to the sockets that a page opens from now on. */
export function overhear(page: Page): Overheard {
  const sent: ClientFrame[] = [], received: ServerFrame[] = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => sent.push(JSON.parse(`${payload}`)));
    socket.on("framereceived", ({ payload }) => received.push(JSON.parse(`${payload}`)));
  });
  return { sent, received };
}

/** A server that says whatever the test says. */
export interface ByHand {
  /** The calls that have come. */
  readonly calls: readonly ClientFrame[];
  /** Sends operations as the next patch. */
  patch(...operations: unknown[]): void;
  /** Sends any frame. */
  send(frame: unknown): void;
}

/** Takes the server's place on every socket that the page opens from now on; it says `ready` to each `hello`. */
export async function byHand(page: Page): Promise<ByHand> {
  const calls: ClientFrame[] = [];
  let version = 0;
  let send = (_text: string): void => {
    throw new Error("Cannot send a frame by hand: the page has opened no socket.");
  };
  await page.routeWebSocket((url) => url.pathname.endsWith(Path.socket), (socket) => {
    socket.onMessage((message) => {
      const frame: ClientFrame = JSON.parse(`${message}`);
      if (frame[0] === "call") calls.push(frame);
      if (frame[0] !== "hello") return;
      version = frame[3];
      send = (text) => socket.send(text);
      send(JSON.stringify(["ready", version]));
    });
  });
  return {
    calls,
    patch(...operations) {
      version += 1;
      send(JSON.stringify(["patch", version, operations]));
    },
    send: (frame) => send(JSON.stringify(frame)),
  };
}
