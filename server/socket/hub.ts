/**
 * The page sockets of this isolate, counted and reachable.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import { Close } from "../../protocol/markers.ts";
import { HttpError } from "../http/error.ts";
import type { Connection } from "./connection.ts";

/** Counts sockets, in all and by session. */
export class Hub {
  readonly #limits: Limits;
  readonly #sockets = new Set<Connection>();
  readonly #bySession = new Map<string, number>();

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
  admit(session: string): void {
    const headers = { "retry-after": "5" };
    if (this.#sockets.size >= this.#limits.sockets) {
      throw new HttpError(503, "This server has as many sockets as it takes.", { headers });
    }
    if ((this.#bySession.get(session) ?? 0) >= this.#limits.socketsPerSession) {
      throw new HttpError(503, "This session has as many sockets as one may have.", { headers });
    }
  }

  /** Counts a socket in. */
  add(session: string, connection: Connection): void {
    this.#sockets.add(connection);
    this.#bySession.set(session, (this.#bySession.get(session) ?? 0) + 1);
  }

  /** Counts it out. */
  remove(session: string, connection: Connection): void {
    if (!this.#sockets.delete(connection)) return;
    const left = (this.#bySession.get(session) ?? 1) - 1;
    if (left === 0) this.#bySession.delete(session);
    else this.#bySession.set(session, left);
  }

  /** Ends every socket: the server stops, their pages come back elsewhere. Done when all of them have heard. */
  async closeAll(): Promise<void> {
    const all = [...this.#sockets];
    for (const connection of all) connection.close(Close.restart, "The server restarts.");
    await Promise.all(all.map(({ gone }) => gone));
  }
}
