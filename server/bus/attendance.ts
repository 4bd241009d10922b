/**
 * Which pages of this isolate say that their person is on a topic.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Presence, PresenceFeed } from "./presence.ts";

/**
 * Milliseconds for which a page may be away before others are told: a reload, or a socket that was cut, is back in some
 * hundred, and a list of names that twitches is worse than one that is a second late.
 */
export const AWAY = 1000;

/** What a page says: its person is on a topic. */
export interface Joined {
  /** The topic's name. */
  readonly name: string;
  /** Names who it is. */
  readonly person: string;
  /** What they are shown as, as JSON. */
  readonly text: string;
}

/** A page with somebody on a topic, or several. */
interface Attending {
  readonly session: string;
  /** By topic. */
  readonly joined: ReadonlyMap<string, Joined>;
}

/** The pages of one app, by their visits. */
export class Attendance {
  readonly #presence: PresenceFeed & Pick<Presence, "on">;
  readonly #clock: Clock;
  readonly #pages = new Map<string, Attending>();
  /** Until when pages may come back that are away, the soonest first. */
  readonly #away = new Map<string, number>();
  /** How many pages are live. */
  #live = 0;
  /** Whether other isolates are told. */
  readonly #isShared: boolean;
  /** Cancels the wait for those that are away. While no page is live anywhere, there is nobody to be told, and no wait. */
  #cancel: (() => void) | undefined;
  #isOver = false;

  /**
   * @param presence is told, and knows who is where
   * @param isShared whether pages of other isolates are told too
   */
  constructor(presence: PresenceFeed & Pick<Presence, "on">, clock: Clock, isShared = false) {
    this.#presence = presence;
    this.#clock = clock;
    this.#isShared = isShared;
  }

  /** How many pages have somebody on a topic, those away included. */
  get size(): number {
    this.#sweep();
    return this.#pages.size;
  }

  /** What those are shown as who are on a topic: see {@linkcode Presence.on}. */
  on(topic: string): readonly unknown[] {
    this.#sweep();
    return this.#presence.on(topic);
  }

  /** A page is live. */
  enter(): void {
    this.#live++;
    this.#wait();
  }

  /** A live page says who is on what; of what it said before, the rest does not hold any more. */
  attend(visit: string, session: string, joined: Iterable<Joined>): void {
    const before = this.#pages.get(visit), all = [...joined];
    if (all.length === 0 && before === undefined) return; // most pages
    // The last word on a topic counts.
    const after = new Map(all.map((one) => [one.name, one]));
    if (this.#away.delete(visit)) this.#wait();
    if (after.size > 0) this.#pages.set(visit, { session, joined: after });
    else if (before !== undefined) this.#pages.delete(visit);
    for (const { name, person, text } of after.values()) this.#presence.come(name, person, visit, text);
    for (const { name, person } of before?.joined.values() ?? []) {
      if (after.get(name)?.person !== person) this.#presence.go(name, person, visit);
    }
  }

  /** A page says nothing any more: it is loaded again. */
  away(visit: string): void {
    if (!this.#pages.has(visit) || this.#away.has(visit)) return;
    if (this.#isOver) return this.#leave(visit);
    this.#away.set(visit, this.#clock.now() + AWAY);
    this.#wait();
  }

  /** A live page's socket is gone. It may come back. */
  leave(visit: string): void {
    this.#live--;
    this.away(visit);
    this.#wait();
  }

  /** A session is over: whoever it was is not there any more. */
  endSession(session: string): void {
    for (const [visit, page] of this.#pages) if (page.session === session) this.#leave(visit);
    this.#wait();
  }

  /** The app stops: nobody is waited for. */
  end(): void {
    this.#isOver = true;
    for (const visit of [...this.#away.keys()]) this.#leave(visit);
    this.#wait();
  }

  // One timer for all.
  #wait(): void {
    this.#sweep();
    const [soonest] = this.#away.values();
    if (soonest === undefined || (this.#live === 0 && !this.#isShared)) {
      this.#cancel?.();
      this.#cancel = undefined;
    } else {
      this.#cancel ??= this.#clock.after(Math.max(soonest - this.#clock.now(), 1), () => {
        this.#cancel = undefined;
        this.#wait();
      });
    }
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [visit, until] of this.#away) {
      if (until > now) return;
      this.#leave(visit);
    }
  }

  #leave(visit: string): void {
    const page = this.#pages.get(visit)!;
    this.#pages.delete(visit);
    this.#away.delete(visit);
    for (const { name, person } of page.joined.values()) this.#presence.go(name, person, visit);
  }
}
