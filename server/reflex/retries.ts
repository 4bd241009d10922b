/**
 * Tries a call until it is committed. Calls of one session run side by side, and who commits first makes the others
 * run again: here they get their turns, so that none of them is overtaken for ever.
 *
 * - The first try is free: it waits only for those of its isolate who have met somebody, and for a claim of another.
 * - Who has met somebody stands in its isolate's line, and is alone there.
 * - Who fails nevertheless has met others elsewhere, and claims the session there.
 * - Nobody is held for longer than {@linkcode HOLD} by one call. One whose body takes longer than that could not be done
 *   by then: it holds nobody, and is tried again among the others.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { WireError } from "../../protocol/errors.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Topics } from "../bus/topics.ts";
import type { Turns } from "../engine/turns.ts";
import { HOLD } from "../session/claims.ts";
import type { Records, Snapshot } from "../session/records.ts";

// Milliseconds of the longest pause between two tries that hold nobody: the second, and any.
const FIRST_PAUSE = 8, LONGEST_PAUSE = 200;

/** What the tries of an app's calls need. */
interface Parts {
  readonly records: Records;
  readonly topics: Pick<Topics, "now">;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly limits: Pick<Limits, "conflicts">;
}

/** The tries of an app's calls. */
export class Retries {
  readonly #parts: Parts;

  /** @param parts `limits.conflicts` tries each call may have */
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Tries until it is done.
   *
   * @param once tries once, on what is known now, and was looked up at that change of topics; `undefined` where somebody else was quicker, and nothing has happened
   * @returns what it came to
   * @throws WireError `busy` when all tries were in vain; and whatever `once` throws
   */
  async run<T>(
    session: string,
    visit: string,
    once: (seen: Snapshot, since: number) => Promise<T | undefined>,
  ): Promise<T> {
    const { records, topics, turns, limits, clock } = this.#parts;
    await turns.quiet(session);
    let contender: Contender | undefined;
    try {
      for (let tried = 1; tried <= limits.conflicts; tried++) {
        const { now: since } = topics;
        let seen = await records.read(session, visit);
        if (seen.claim !== null) {
          contender ??= new Contender(session, visit, this.#parts);
          seen = await contender.letPass(seen);
        }
        const start = clock.now(), became = await once(seen, since);
        if (became !== undefined) return became;
        if (tried === limits.conflicts) break;
        contender ??= new Contender(session, visit, this.#parts);
        await contender.failed(tried, clock.now() - start, seen);
      }
      throw new WireError("busy");
    } finally {
      contender?.leave();
    }
  }
}

/** A call that has met others. */
class Contender {
  readonly #session: string;
  readonly #visit: string;
  readonly #parts: Parts;
  #leave: (() => void) | undefined;
  #name: string | undefined;
  #isSlow = false;

  constructor(session: string, visit: string, parts: Parts) {
    this.#session = session;
    this.#visit = visit;
    this.#parts = parts;
  }

  /**
   * Decides how the next try is made.
   *
   * @param tried how often it has failed
   * @param took milliseconds, the last time
   * @param seen what it saw then
   */
  async failed(tried: number, took: number, seen: Snapshot): Promise<void> {
    this.#isSlow = took > HOLD;
    if (this.#isSlow) {
      this.leave();
      await this.#pause(tried);
    } else if (seen.isClaimed) {
      return; // by those who had read before they could see the claim
    } else if (this.#leave === undefined) {
      await this.#standInLine();
    } else if (!await this.#claim()) {
      await this.#pause(tried);
    }
  }

  /**
   * Waits for those who have claimed the session.
   *
   * @param seen what was read
   * @returns what is known now
   */
  async letPass(seen: Snapshot): Promise<Snapshot> {
    const { records, clock } = this.#parts, { claims } = records;
    let waited = 0, hasAsked = false;
    for (;;) {
      const { claim } = seen;
      if (claim === null) return seen;
      if (claim.value === this.#name) return { ...seen, isClaimed: true };
      // Who has failed, or has seen one claim after another, is one of those who claim.
      if (this.#leave !== undefined || (waited > HOLD && !this.#isSlow)) {
        if (hasAsked) return seen;
        hasAsked = true;
        if (this.#leave === undefined) await this.#standInLine();
        await this.#claim();
      } else {
        if (waited > HOLD) return seen;
        const start = clock.now();
        await claims.gone(this.#session, claim);
        waited += Math.max(1, clock.now() - start);
      }
      seen = await records.read(this.#session, this.#visit);
    }
  }

  /** Lets others pass. */
  leave(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  // Alone in its isolate, it is tried again at once.
  async #standInLine(): Promise<void> {
    this.#leave = await this.#parts.turns.take(this.#session, HOLD);
  }

  #claim(): Promise<boolean> {
    const { claims } = this.#parts.records;
    this.#name ??= claims.name();
    return claims.claim(this.#session, this.#name);
  }

  #pause(tried: number): Promise<void> {
    const { claims } = this.#parts.records;
    return claims.pause(Math.min(FIRST_PAUSE * 2 ** (tried - 1), LONGEST_PAUSE));
  }
}
