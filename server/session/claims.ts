/**
 * Claims: a call that others have overtaken again and again asks those of other isolates to let it pass.
 *
 * | key | holds |
 * | --- | --- |
 * | `APP:q:{SESSION}` | the claim: which call is to be let pass |
 * | `APP:w:{SESSION}` | the calls that wait to make the next one, in their order |
 *
 * Nothing depends on a claim but who is first: what is committed is checked by versions, whoever has claimed what. So
 * whoever waits for one may stop waiting at any time, and may clear away what stands for too long. How long that is,
 * each sees by its own watch: clocks of two isolates need not agree.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Check, Entry, Store, Write } from "../engine/store.ts";

/** Milliseconds for which a call may keep others waiting, in its isolate and elsewhere. */
export const HOLD = 300;

// A person gives up. A call that has waited for so long in line tries its luck.
const PATIENCE = 10_000;

// How long what nobody clears away lies in the store: more than clocks differ.
const KEPT = 2 * 60_000;

// Milliseconds between two looks, about: the first and the longest.
const FIRST_LOOK = 2, LONGEST_LOOK = 16;

// More do not wait for each other in one line; they try their luck.
const MOST_WAITING = 200;

/** What is to stand in the two keys; `claim` is left out where it stays as it is. */
interface Claimed {
  readonly claim?: string;
  readonly waiting: readonly string[];
}

/** The claims on the sessions of one app, as one isolate sees them. */
export class Claims {
  readonly #store: Store;
  readonly #keys: (session: string) => readonly [claim: string, line: string];
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #isolate: string = crypto.randomUUID();
  readonly #watched = new Map<string, { readonly version: string; readonly gone: Promise<void> }>();
  #n = 0;

  /**
   * @param keys the two keys of a session
   * @param random from 0 up to 1, so that those who wait do not come back all at once
   */
  constructor(
    store: Store,
    keys: (session: string) => readonly [claim: string, line: string],
    clock: Clock,
    random: () => number = Math.random,
  ) {
    this.#store = store;
    this.#keys = keys;
    this.#clock = clock;
    this.#random = random;
  }

  /** A name for a call of this isolate, under which it claims. */
  name(): string {
    return `${this.#isolate}.${++this.#n}`;
  }

  /**
   * Waits until a claim is gone, or another stands in its place; after {@linkcode HOLD} it is cleared away.
   *
   * @param seen the claim that was read
   */
  async gone(session: string, seen: Entry): Promise<void> {
    const { version } = seen;
    const watched = this.#watched.get(session);
    if (watched?.version === version) return await watched.gone;
    // One of an isolate looks for all.
    const gone = this.#watch(session, version);
    this.#watched.set(session, { version, gone });
    try {
      await gone;
    } finally {
      if (this.#watched.get(session)?.gone === gone) this.#watched.delete(session);
    }
  }

  async #watch(session: string, version: string): Promise<void> {
    const [key] = this.#keys(session), watch = new Watch(this.#clock, this.#random);
    while (watch.elapsed < HOLD) {
      await watch.look();
      const [claim = null] = await this.#store.get([key]);
      if (claim?.version !== version) return;
    }
    // Where that is refused, it has gone by itself.
    await this.#store.commit([{ key, version }], [{ key, value: null, expiresAt: this.#clock.now() }]);
  }

  /**
   * Claims a session, after those who were here before.
   *
   * @param name who claims
   * @returns whether it has; not where the line is too long, or does not move on
   */
  async claim(session: string, name: string): Promise<boolean> {
    const keys = this.#keys(session), watch = new Watch(this.#clock, this.#random);
    const claimed = new Unchanged(watch), first = new Unchanged(watch);
    let refusedAt: string | undefined;
    while (watch.elapsed < PATIENCE) {
      const [claim = null, line = null] = await this.#store.get(keys);
      if (claim?.value === name) return true;
      const waiting = readLine(line), own = waiting.indexOf(name);
      const isFree = claim === null || claimed.since(claim.version) >= HOLD;
      // Whose turn it is, and does not come: it has ended, or has more to do than to be waited for.
      const absent = first.since(isFree && own !== 0 ? waiting[0] : undefined) >= HOLD;
      let next: Claimed | undefined;
      if (isFree && (own === 0 || waiting.length === 0)) next = { claim: name, waiting: waiting.slice(1) };
      else if (absent) next = { waiting: waiting.slice(1) };
      else if (own < 0 && waiting.length < MOST_WAITING) next = { waiting: [...waiting, name] };
      else if (own < 0) return false;
      if (next !== undefined) {
        const at = `${claim?.version} ${line?.version}`;
        if (at === refusedAt) return false; // a store that refuses what holds is not argued with
        if (!await this.#change(keys, [claim, line], next)) refusedAt = at;
        else if (next.claim === undefined) continue;
        else return true;
      }
      await watch.look();
    }
    return await this.#giveUp(keys, name);
  }

  // Nobody is to wait for one who does not wait any more. Where others are quicker, they find out by themselves.
  async #giveUp(keys: readonly [string, string], name: string): Promise<false> {
    const [claim = null, line = null] = await this.#store.get(keys);
    const waiting = readLine(line), others = waiting.filter((other) => other !== name);
    if (others.length < waiting.length) await this.#change(keys, [claim, line], { waiting: others });
    return false;
  }

  async #change(
    keys: readonly [string, string],
    seen: readonly [Entry | null, Entry | null],
    { claim, waiting }: Claimed,
  ): Promise<boolean> {
    const expiresAt = this.#clock.now() + KEPT;
    const checks: Check[] = [{ key: keys[1], version: seen[1]?.version ?? null }], writes: Write[] = [];
    if (claim !== undefined) {
      checks.push({ key: keys[0], version: seen[0]?.version ?? null });
      writes.push({ key: keys[0], value: claim, expiresAt });
    }
    if (waiting.length > 0) writes.push({ key: keys[1], value: waiting.join(" "), expiresAt });
    else if (seen[1] !== null) writes.push({ key: keys[1], value: null, expiresAt });
    return await this.#store.commit(checks, writes) !== null;
  }

  /** Waits for up to some milliseconds. */
  async pause(atMost: number): Promise<void> {
    await pause(this.#clock, this.#random() * atMost);
  }
}

/** Looks again and again, less and less often, and knows how long that has taken. */
class Watch {
  readonly #clock: Clock;
  readonly #random: () => number;
  #last: number;
  #step = FIRST_LOOK;
  /** Milliseconds since it began. */
  elapsed = 0;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
    this.#last = clock.now();
  }

  /** Waits until it is time for the next look. */
  async look(): Promise<void> {
    const ms = (0.5 + this.#random()) * this.#step;
    this.#step = Math.min(2 * this.#step, LONGEST_LOOK);
    await pause(this.#clock, ms);
    // A clock that is set back does not make anybody wait for longer.
    const now = this.#clock.now();
    this.elapsed += Math.max(ms, now - this.#last);
    this.#last = now;
  }
}

/** For how long something is as it is. */
class Unchanged {
  readonly #watch: Watch;
  #what: string | undefined;
  #since = 0;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** Milliseconds since it was first seen like this; 0 for `undefined`. */
  since(what: string | undefined): number {
    if (what === undefined) {
      this.#what = undefined;
      return 0;
    }
    if (what !== this.#what) {
      this.#what = what;
      this.#since = this.#watch.elapsed;
    }
    return this.#watch.elapsed - this.#since;
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

function readLine(line: Entry | null): readonly string[] {
  return line === null ? [] : line.value.split(" ");
}
