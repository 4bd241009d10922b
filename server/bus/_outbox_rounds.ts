/**
 * Looks for isolates that have ended, and publishes what they have left behind.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Bus } from "../engine/bus.ts";
import { ForeignValue } from "../engine/foreign_value.ts";
import type { Entry, Store } from "../engine/store.ts";
import type { Logger } from "../observe.ts";
import { OUTBOX_AGE, type OutboxRegistry } from "./_outbox_registry.ts";
import { CLOSED, keptPublications, SLOTS } from "./_outbox_text.ts";

/** How often an isolate shows that it lives, and others look, in milliseconds. */
export const BEAT = 5000;

// An isolate has ended when for so long, and in so many looks, its beat has not changed.
const LEASE = 20_000, LOOKS = 4;

// How seldom it is looked where nobody has an outbox.
const SELDOM = 30_000;

const TRIES = 20;

interface Seen {
  readonly beat: number;
  readonly since: number;
  looks: number;
}

/** What the rounds are made with. */
export interface RoundParts {
  readonly store: Store;
  readonly bus: Bus;
  readonly registry: OutboxRegistry;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One isolate's look at the others, while somebody wants it. */
export class OutboxRounds {
  readonly #parts: RoundParts;
  readonly #isOwn: (id: string) => boolean;
  readonly #seen = new Map<string, Seen>();
  #wanted = 0;
  #pause = BEAT;
  #cancel: (() => void) | undefined;
  #round: Promise<void> | undefined;
  #isClosed = false;

  /** @param isOwn whether it is the isolate's own name: that one lives */
  constructor(parts: RoundParts, isOwn: (id: string) => boolean) {
    this.#parts = parts;
    this.#isOwn = isOwn;
  }

  /** Somebody listens. */
  begin(): void {
    if (this.#wanted++ === 0 && this.#round === undefined && !this.#isClosed) this.#schedule();
  }

  /** Somebody has ceased to. */
  end(): void {
    if (--this.#wanted === 0) this.#stop();
  }

  /** Ends it, and waits for the round that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop();
    await this.#round;
  }

  get #isWanted(): boolean {
    return this.#wanted > 0 && !this.#isClosed;
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#seen.clear();
    this.#pause = BEAT;
  }

  // A little earlier or later, so that not everybody finds the same one at the same moment.
  #schedule(): void {
    this.#cancel = this.#parts.clock.after(this.#pause * (0.9 + Math.random() / 5), () => {
      this.#cancel = undefined;
      this.#round = this.#look().finally(() => {
        this.#round = undefined;
        if (this.#isWanted && this.#cancel === undefined) this.#schedule();
      });
    });
  }

  async #look(): Promise<void> {
    const { registry, log } = this.#parts;
    try {
      const beats = await registry.read();
      this.#pause = beats.size > 0 ? BEAT : Math.min(this.#pause * 2, SELDOM);
      for (const id of this.#seen.keys()) if (!beats.has(id)) this.#seen.delete(id);
      for (const [id, beat] of beats) {
        if (!this.#isOwn(id) && this.#hasEnded(id, beat)) await this.#drain(id, beat);
      }
    } catch (error) {
      // Nothing is lost: the next round begins from the same record.
      log.error("what other isolates have left to be published could not be looked at", error);
    }
  }

  #hasEnded(id: string, beat: number): boolean {
    const now = this.#parts.clock.now(), seen = this.#seen.get(id);
    if (seen?.beat !== beat) {
      this.#seen.set(id, { beat, since: now, looks: 1 });
      return false;
    }
    return ++seen.looks > LOOKS && now - seen.since >= LEASE;
  }

  /**
   * Publishes first and removes then: who ends in between leaves it to the next one. The slots are closed and not just
   * removed, so that an isolate which was only asleep cannot commit to one that nobody will look at again.
   */
  async #drain(id: string, beat: number): Promise<void> {
    const { registry, clock } = this.#parts;
    const keys = Array.from({ length: SLOTS }, (_, at) => registry.slotKey(id, at));
    const done = new Set<number>();
    for (let tried = 0; tried < TRIES && this.#isWanted; tried++) {
      const entries = await this.#read(keys);
      await this.#publish(entries, done);
      const expiresAt = clock.now() + OUTBOX_AGE;
      const changed = await registry.attempt(
        (beats) => beats.get(id) === beat && beats.delete(id),
        keys.flatMap((key, at) => {
          const entry = entries[at];
          return entry === undefined ? [] : [{ key, version: entry?.version ?? null }];
        }),
        keys.map((key) => ({ key, value: CLOSED, expiresAt })),
      );
      if (changed !== "refused") return;
    }
  }

  async #publish(entries: readonly (Entry | null | undefined)[], done: Set<number>): Promise<void> {
    const { bus, log } = this.#parts;
    for (
      const { sequence, publication } of keptPublications(entries.flatMap((entry) => entry?.value ?? []))
    ) {
      if (done.has(sequence)) continue;
      try {
        if (publication === undefined) {
          throw new RangeError(
            "Cannot read it: it is not what an outbox writes.",
          );
        }
        await bus.publish(publication);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        log.error("what an isolate has left cannot be published", error);
      }
      done.add(sequence);
    }
  }

  /** `undefined` for a value that is not the app's own: nothing of it is published, and it is overwritten. */
  async #read(keys: readonly string[]): Promise<(Entry | null | undefined)[]> {
    const { store, log } = this.#parts;
    try {
      return await store.get(keys);
    } catch (error) {
      if (!(error instanceof ForeignValue)) throw error;
      if (keys.length === 1) {
        log.error("what an isolate has left cannot be published", error);
        return [undefined];
      }
    }
    const entries: (Entry | null | undefined)[] = [];
    for (const key of keys) entries.push(...await this.#read([key]));
    return entries;
  }
}
