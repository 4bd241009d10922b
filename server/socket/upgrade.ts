/**
 * From an HTTP request to a socket.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import { HttpError } from "../http/error.ts";
import type { Socket } from "./line.ts";

/** Whether a request wants to become a socket. */
export function wantsUpgrade(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** What an upgrade gives: our end of the socket, and the answer to the request. */
export interface Upgraded {
  readonly socket: Socket;
  /** Its status is 101. */
  readonly response: Response;
}

/** Requests that come from no network, with the socket that each of them is to have. */
const inMemory = new WeakMap<Request, () => Upgraded>();

/**
 * Gives a request a socket that is not Deno's: how the test kit reaches an app without a port. It goes by the request,
 * not by an option: an app that is served cannot be told to take any other socket.
 */
export function upgradeInMemory(request: Request, open: () => Upgraded): void {
  inMemory.set(request, open);
}

/**
 * Refuses a request that cannot become a socket.
 *
 * @throws HttpError 405, 426 or 400 for a handshake that is not one
 */
export function checkHandshake(request: Request): void {
  if (request.method !== "GET") {
    throw new HttpError(405, "A socket is opened by GET.", { headers: { allow: "GET" } });
  }
  if (!wantsUpgrade(request)) {
    throw new HttpError(426, "This is the address of a socket.", { headers: { upgrade: "websocket" } });
  }
  const connection = (request.headers.get("connection") ?? "").toLowerCase().split(",");
  if (!connection.some((option) => option.trim() === "upgrade")) {
    throw new HttpError(400, "The socket's connection is not one to upgrade.");
  }
  if (request.headers.get("sec-websocket-version") !== "13") {
    throw new HttpError(426, "The socket's version is 13.", { headers: { "sec-websocket-version": "13" } });
  }
  if (!/^[A-Za-z0-9+/]{22}==$/.test(request.headers.get("sec-websocket-key") ?? "")) {
    throw new HttpError(400, "The socket's key is not valid.");
  }
}

/**
 * Upgrades a request. Everything about it must have been read and checked: afterwards its headers are gone.
 *
 * @throws HttpError 405, 426 or 400 for a handshake that is not one
 */
export function upgrade(request: Request, limits: Limits): Upgraded {
  checkHandshake(request);
  const open = inMemory.get(request);
  if (open !== undefined) return open();
  // Deno pings at half of the idle time and closes at its end.
  return Deno.upgradeWebSocket(request, { idleTimeout: Math.ceil(limits.idle / 1000) });
}
