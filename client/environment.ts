/**
 * What the client takes from outside, so that tests can turn the clock and be the server.
 *
 * @module
 */

import { type Clock, systemClock } from "../protocol/clock.ts";
import type { Load } from "./beside.ts";

/** What of a WebSocket the client uses. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason?: string }) => void) | null;
  send(text: string): void;
  close(): void;
}

/** Time, chance, the network and the address bar. */
export interface Environment {
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Opens a socket. */
  readonly connect: (url: string) => Socket;
  /** Loads a script beside this one. */
  readonly load: Load;
  readonly location: {
    href: string;
    reload(): void;
    replace(href: string): void;
  };
}

/** The browser's own. */
export function browserEnvironment(): Environment {
  // Two imports of one module settle in any order; of one promise all hear in the order in which they asked.
  const loads: Record<string, Promise<unknown>> = {};
  /** Not every browser asks again for a module that it could not get: it is asked for another URL of it. */
  let again = "";
  return {
    clock: systemClock,
    random: Math.random,
    fetch: (url, init) => fetch(url, init),
    connect: (url) => new WebSocket(url) as Socket,
    load: ((name: string) => {
      // It has the same hash in its name.
      const beside = `./${name}` + /-\w+\.js$/.exec(import.meta.url) + again;
      return loads[name] ??= import(beside).catch((error) => {
        delete loads[name];
        again += "?";
        throw error;
      });
    }) as Load,
    location,
  };
}
