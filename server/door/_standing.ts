/**
 * Whether whoever a socket was opened for is still who they were.
 *
 * @module
 */

import { sessionAddress, userAddress } from "../bus/audience.ts";
import type { Follower } from "../bus/topics.ts";
import { HttpError } from "../http/error.ts";
import type { Logger } from "../observe.ts";
import { makeVisit } from "../page/page_data.ts";
import type { Snapshot } from "../session/records.ts";
import type { Parts } from "./parts.ts";
import { isOver, readRecords } from "./visitor.ts";

/** How it came out that they are not, or that nobody knows. */
export type Doubt = "changed" | "unknown";

/** Who a session is of, at the moment when it was looked up; and whether that still holds. */
export class Standing implements Follower {
  readonly session: string;
  /** Their name; `undefined` before a login. */
  readonly user: string | undefined;
  readonly #visit: string;
  readonly #identity: string;
  readonly #parts: Parts;
  /** When it was looked up, as topics count changes. */
  readonly #since: number;
  readonly #names: ReadonlySet<string>;
  #log: Logger;
  #end: ((doubt: Doubt) => void) | undefined;
  #doubts = 0;
  #isAsking = false;

  private constructor(session: string, visit: string, seen: Snapshot, since: number, parts: Parts) {
    this.session = session;
    this.user = seen.user;
    this.#visit = visit;
    this.#identity = seen.identity;
    this.#parts = parts;
    this.#log = parts.log;
    this.#since = since;
    const { user } = seen;
    this.#names = new Set([sessionAddress(session), ...user === undefined ? [] : [userAddress(user)]]);
  }

  /**
   * Looks up who a session is of.
   *
   * @returns `undefined` where it has ended
   * @throws HttpError 503 where that cannot be found out now, or another takes its place at this moment: whoever is told
   * to come back has the new cookie then, and would be nobody with the old one
   */
  static async of(session: string, parts: Parts): Promise<Standing | undefined> {
    const since = parts.topics.now, visit = makeVisit();
    const seen = await readRecords(session, visit, parts);
    if (isOver(seen, parts)) return undefined;
    if (seen.endedAt !== undefined) throw comeBack();
    return new Standing(session, visit, seen, since, parts);
  }

  /**
   * Makes sure that nothing was said of it since it was looked up.
   *
   * @throws HttpError 503
   */
  check(): void {
    for (const name of this.#names) if (this.#parts.topics.hasChanged(name, this.#since)) throw comeBack();
  }

  /** From now on, `end` is called once it does not hold any more. */
  follow(log: Logger, end: (doubt: Doubt) => void): void {
    this.#log = log;
    this.#end = end;
    this.#parts.topics.change(this, nowhere, this.#names);
  }

  /** No more. */
  leave(): void {
    this.#end = undefined;
    this.#parts.topics.change(this, this.#names, nowhere);
  }

  changed(): void {
    this.#doubts++;
    if (!this.#isAsking) void this.#ask();
  }

  // Where the bus has a gap, everything counts as changed: those who are who they were need not come back for that.
  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      for (let asked = -1; asked !== this.#doubts && this.#end !== undefined;) {
        asked = this.#doubts;
        const seen = await this.#parts.records.read(this.session, this.#visit);
        if (seen.endedAt !== undefined || seen.identity !== this.#identity) return this.#end?.("changed");
      }
    } catch (error) {
      this.#log.error("it could not be found out who a socket is of", error);
      this.#end?.("unknown");
    } finally {
      this.#isAsking = false;
    }
  }
}

const nowhere: ReadonlySet<string> = new Set();

function comeBack(): HttpError {
  return new HttpError(503, "Who you are is just changing; come back in a moment.", {
    headers: { "retry-after": "1" },
  });
}
