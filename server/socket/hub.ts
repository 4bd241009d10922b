/**
 * The sockets of this isolate, counted and reachable.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import { Close } from "../../protocol/markers.ts";
import { HttpError } from "../http/error.ts";
import type { Line } from "./line.ts";

/** Whose a socket is. */
export interface Owner {
  /** Whose session it is of; a program that speaks to an endpoint may have none. */
  readonly session: string | undefined;
  /** Where it comes from, where that is known. */
  readonly address: string | undefined;
}

/** Milliseconds between two peers that come back after a restart; the least and the most in which all of them do. */
const APART = 10, LEAST = 100, MOST = 5000;

/** Counts sockets, in all, by session and by address. */
export class Hub {
  readonly #limits: Limits;
  readonly #sockets = new Set<Line>();
  readonly #bySession = new Counts();
  readonly #byAddress = new Counts();
  #isClosing = false;

  /** @param limits how many sockets there may be */
  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Sockets that are open. */
  get size(): number {
    return this.#sockets.size;
  }

  /**
   * Refuses one socket too many, before the upgrade; and every one since {@linkcode closeAll}.
   *
   * @throws HttpError 503
   */
  admit({ session, address }: Owner): void {
    // Whoever was asked something meanwhile would be left alone by it.
    if (this.#isClosing) throw full("The server restarts.", 1);
    const { sockets, socketsPerSession, socketsPerAddress } = this.#limits;
    if (this.#sockets.size >= sockets) throw full("This server has as many sockets as it takes.");
    if (session !== undefined && this.#bySession.of(session) >= socketsPerSession) {
      throw full("This session has as many sockets as one may have.");
    }
    if (address !== undefined && this.#byAddress.of(address) >= socketsPerAddress) {
      throw full("This address has as many sockets as one may have.");
    }
  }

  /** Counts a socket in. */
  add({ session, address }: Owner, line: Line): void {
    this.#sockets.add(line);
    if (session !== undefined) this.#bySession.add(session);
    if (address !== undefined) this.#byAddress.add(address);
  }

  /** Counts it out. */
  remove({ session, address }: Owner, line: Line): void {
    if (!this.#sockets.delete(line)) return;
    if (session !== undefined) this.#bySession.remove(session);
    if (address !== undefined) this.#byAddress.remove(address);
  }

  /**
   * Ends every socket: the server stops, their peers come back elsewhere, the more they are the farther apart. Done when
   * all of them have heard.
   */
  async closeAll(): Promise<void> {
    this.#isClosing = true;
    const all = [...this.#sockets];
    const spread = Math.min(MOST, Math.max(LEAST, APART * all.length));
    for (const line of all) line.close(Close.restart, `${spread} ms: the server restarts.`);
    await Promise.all(all.map(({ gone }) => gone));
  }
}

/** How many there are of each name. */
class Counts {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  remove(name: string): void {
    const left = this.of(name) - 1;
    if (left > 0) this.#counts.set(name, left);
    else this.#counts.delete(name);
  }
}

function full(message: string, seconds = 5): HttpError {
  return new HttpError(503, message, { headers: { "retry-after": String(seconds) } });
}
