/**
 * The page sockets of this isolate, counted and reachable.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import { Close } from "../../protocol/markers.ts";
import { HttpError } from "../http/error.ts";
import type { Connection } from "./connection.ts";

/** Whose a socket is. */
export interface Owner {
  readonly session: string;
  /** Where it comes from, where that is known. */
  readonly address: string | undefined;
}

/** Milliseconds between two pages that come back after a restart; the least and the most in which all of them do. */
const APART = 10, LEAST = 100, MOST = 5000;

/** Counts sockets, in all, by session and by address. */
export class Hub {
  readonly #limits: Limits;
  readonly #sockets = new Set<Connection>();
  readonly #bySession = new Counts();
  readonly #byAddress = new Counts();

  /** @param limits how many sockets there may be */
  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Sockets that are open. */
  get size(): number {
    return this.#sockets.size;
  }

  /**
   * Refuses one socket too many, before the upgrade.
   *
   * @throws HttpError 503
   */
  admit({ session, address }: Owner): void {
    const { sockets, socketsPerSession, socketsPerAddress } = this.#limits;
    if (this.#sockets.size >= sockets) throw full("This server has as many sockets as it takes.");
    if (this.#bySession.of(session) >= socketsPerSession) {
      throw full("This session has as many sockets as one may have.");
    }
    if (address !== undefined && this.#byAddress.of(address) >= socketsPerAddress) {
      throw full("This address has as many sockets as one may have.");
    }
  }

  /** Counts a socket in. */
  add({ session, address }: Owner, connection: Connection): void {
    this.#sockets.add(connection);
    this.#bySession.add(session);
    if (address !== undefined) this.#byAddress.add(address);
  }

  /** Counts it out. */
  remove({ session, address }: Owner, connection: Connection): void {
    if (!this.#sockets.delete(connection)) return;
    this.#bySession.remove(session);
    if (address !== undefined) this.#byAddress.remove(address);
  }

  /**
   * Ends every socket: the server stops, their pages come back elsewhere, the more they are the farther apart. Done when
   * all of them have heard.
   */
  async closeAll(): Promise<void> {
    const all = [...this.#sockets];
    const spread = Math.min(MOST, Math.max(LEAST, APART * all.length));
    for (const connection of all) connection.close(Close.restart, `${spread} ms: the server restarts.`);
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

function full(message: string): HttpError {
  return new HttpError(503, message, { headers: { "retry-after": "5" } });
}
