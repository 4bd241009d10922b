/**
 * What the line of a SockSync peer takes from outside, so that tests can turn the clock and be the server. It is there in
 * browsers and their workers, in Deno and in Node, and asks for nothing that one of these has not.
 *
 * @module
 */

import { type Clock, systemClock } from "../protocol/clock.ts";
import type { Socket } from "./environment.ts";

/** What of a WebSocket the line uses. */
export interface SyncSocket extends Socket {
  /** Bytes that have not left this machine. */
  readonly bufferedAmount: number;
  close(code?: number, reason?: string): void;
}

/** What a socket is opened with, beside its address. */
export interface SyncHandshake {
  readonly protocols: readonly string[];
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** Time, chance, the network and the window. */
export interface SyncEnvironment {
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Where addresses begin that say no host; `undefined` where there is no page. */
  readonly base: string | undefined;
  /** Opens a socket. */
  connect(url: string, handshake: SyncHandshake): SyncSocket;
  /** Whether this is a page that nobody looks at. */
  isHidden(): boolean;
  /** Listens to the window, where there is one; the function returned ends it. */
  listen(type: string, run: (event: { readonly persisted?: boolean }) => void): () => void;
}

/** What is really there. */
export function ownEnvironment(): SyncEnvironment {
  return {
    clock: systemClock,
    random: Math.random,
    base: globalThis.location?.href,
    connect: openSocket,
    // An image of that name would hide the document's own.
    isHidden: () => !!globalThis.document && Reflect.get(Document.prototype, "hidden", document) === true,
    listen(type, run) {
      globalThis.addEventListener?.(type, run as EventListener);
      return () => globalThis.removeEventListener?.(type, run as EventListener);
    },
  };
}

function openSocket(url: string, { protocols, headers }: SyncHandshake): SyncSocket {
  if (!headers) return new WebSocket(url, [...protocols]) as SyncSocket;
  try {
    // Deno and Node take both in one object. A browser takes that for the name of a protocol, and a bad one.
    return new WebSocket(url, { protocols, headers } as unknown as string) as SyncSocket;
  } catch (cause) {
    if ((cause as Error).name !== "SyntaxError") throw cause;
    throw new TypeError("Cannot send headers: a browser's WebSocket has no room for any.", { cause });
  }
}
