/**
 * Where one socket goes to: the page that it waits for, and pages that are kept ready for it.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import type { VisitFrame } from "../../protocol/frames.ts";
import type { Connection } from "../socket/connection.ts";
import { unpackHeaders } from "../socket/told_headers.ts";
import type { Host } from "./host.ts";
import type { Landing, Trip } from "./trip.ts";
import { within } from "../trace/work.ts";

/** Who goes: what a request of theirs would say. */
export type Traveller = Pick<Trip, "origin" | "told" | "session" | "development"> & {
  /** Names the socket's request in the log. */
  readonly id: string;
};

/** A page that is kept ready, or on its way to be. */
interface Prepared {
  readonly landing: Promise<Landing | undefined>;
  readonly controller: AbortController;
  /** Its time is over, or its room needed. */
  readonly giveUp: () => void;
  /** Cancels the end of its time. */
  readonly cancel: () => void;
}

/** The trips of one socket. Made when it goes to another page for the first time. */
export class Navigation {
  readonly #host: Host;
  readonly #connection: Connection;
  readonly #traveller: Traveller;
  /** Brings the browser there; false where it cannot be. */
  readonly #land: (id: number, landing: Landing) => Promise<boolean>;
  #cookie: string;
  #last = 0;
  #loading = 0;
  /** The trip that the browser waits for. */
  #underWay: AbortController | undefined;
  /** Done when the page that is about to be shown is. */
  #landing: Promise<void> | undefined;
  readonly #prepared = new Map<string, Prepared>();

  constructor(
    traveller: Traveller & { readonly cookie: string },
    host: Host,
    connection: Connection,
    land: (id: number, landing: Landing) => Promise<boolean>,
  ) {
    const { cookie, ...rest } = traveller;
    this.#traveller = rest;
    this.#cookie = cookie;
    this.#host = host;
    this.#connection = connection;
    this.#land = land;
  }

  /** Takes a frame. */
  async take([, id, url, prepare]: VisitFrame): Promise<void> {
    if (id <= this.#last) {
      return this.#connection.refuse(new WireError("malformed", `visit: ${id} is not above ${this.#last}.`));
    }
    this.#last = id;
    if (prepare === 1) this.#prepare(url);
    else await this.#visit(id, url);
  }

  /** The socket is gone. */
  close(): void {
    this.#underWay?.abort();
    this.#underWay = undefined;
    for (const url of this.#prepared.keys()) this.#giveUp(url);
  }

  async #visit(id: number, url: string): Promise<void> {
    const known = this.#forget(url);
    this.#underWay?.abort(); // the browser waits for this one now
    const mine = this.#underWay = known?.controller ?? new AbortController();
    const isAllowed = this.#host.trips.take(this.#traveller.session) === 0;
    const work = this.#host.watch?.begin({ kind: "visit", target: "" });
    let isThere = false, outcome = "superseded";
    try {
      const landing = isAllowed
        ? await within(work, "run", () => this.#arrive(url, mine.signal, known))
        : undefined;
      // What has begun to be shown is shown, also to who waits for another page by now.
      await this.#landing;
      if (this.#underWay !== mine) return;
      if (landing !== undefined) isThere = await within(work, "patch", () => this.#begin(id, landing));
      if (landing !== undefined && isThere) this.#cookie = landing.cookie;
      outcome = isThere ? "page" : "left";
    } catch (error) {
      outcome = "error";
      this.#host.log.error("a page could not be gone to, and is loaded", error);
    } finally {
      work?.end(outcome);
    }
    if (this.#underWay !== mine) return;
    this.#underWay = undefined;
    if (!isThere) this.#connection.send(["go", url]);
  }

  async #begin(id: number, landing: Landing): Promise<boolean> {
    const begun = this.#land(id, landing);
    this.#landing = begun.then(() => {}, () => {});
    return await begun;
  }

  async #arrive(url: string, signal: AbortSignal, known: Prepared | undefined): Promise<Landing | undefined> {
    const ready = await known?.landing;
    if (ready !== undefined && await this.#isTrue(ready)) return ready;
    return signal.aborted ? undefined : await this.#travel(url, signal);
  }

  // Nobody is shown, told or promised anything by it.
  #prepare(url: string): void {
    const { limits, clock, trips, shelf } = this.#host;
    if (this.#prepared.has(url) || trips.take(this.#traveller.session) > 0) return;
    const controller = new AbortController();
    const landing = this.#travel(url, controller.signal);
    const giveUp = () => this.#giveUp(url);
    const prepared = { landing, controller, giveUp, cancel: clock.after(limits.prepare, giveUp) };
    this.#prepared.set(url, prepared);
    landing.then((landing) => {
      if (landing !== undefined && this.#prepared.get(url) === prepared) shelf.put(landing.opened, giveUp);
    }, (error) => {
      if (this.#prepared.get(url) !== prepared) return; // whoever waits for it hears of it
      this.#host.log.error("a page could not be prepared", error);
      giveUp();
    });
    for (const oldest of this.#prepared.keys()) {
      if (this.#prepared.size <= limits.prepared) break;
      this.#giveUp(oldest);
    }
  }

  #giveUp(url: string): void {
    this.#forget(url)?.controller.abort();
  }

  #forget(url: string): Prepared | undefined {
    const prepared = this.#prepared.get(url);
    if (prepared === undefined) return undefined;
    prepared.cancel();
    this.#host.shelf.take(prepared.giveUp);
    this.#prepared.delete(url);
    return prepared;
  }

  async #travel(to: string, signal: AbortSignal): Promise<Landing | undefined> {
    // What is not waited for any more may still load.
    if (this.#loading >= this.#host.limits.visitsLoading) return undefined;
    this.#loading++;
    try {
      return await this.#host.travel({ ...this.#traveller, cookie: this.#cookie, to, signal });
    } finally {
      this.#loading--;
    }
  }

  // Whether a page that was prepared is what it would be now, and who has asked for it may still see it.
  async #isTrue({ seen, visit, opened: { render, parts, shared, at }, url }: Landing): Promise<boolean> {
    const { records, topics } = this.#host, { session, told, id, origin, development } = this.#traveller;
    const now = await records.read(session, visit);
    if (now.version !== seen.version || now.endedAt !== undefined) return false;
    if (shared !== undefined && (shared.ended || shared.isStale || shared.version !== at)) return false;
    const all = shared === undefined ? [render, ...parts.values()] : [...parts.values()];
    if (all.some((one) => one.topics.some(({ name }) => topics.hasChanged(name, one.since)))) return false;
    const headers = unpackHeaders(told), cookie = this.#cookie;
    headers.set("cookie", cookie);
    const who = { user: now.user, sessionId: session };
    const handshake = { id, origin, headers, told, cookie, development };
    return await this.#host.admit(url, who, handshake) !== undefined;
  }
}
