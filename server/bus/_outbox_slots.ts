/**
 * The slots of one isolate, from when it registers until it leaves.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Check, Entry } from "../engine/store.ts";
import { readSlot, SLOTS } from "./_outbox_text.ts";

/** A key of the store that holds one publication, or a part of it. */
export interface Slot {
  readonly key: string;
  /** What the store says of it; `undefined` where that is not known, and must be asked. */
  version: string | null | undefined;
  /** Of what lies in it; 0 for nothing. */
  sequence: number;
}

interface Waiting {
  readonly count: number;
  readonly answer: (slots: Slot[] | undefined) => void;
}

/** Gives out slots, first come, first served. */
export class OutboxSlots {
  /** The isolate's name, for as long as it stays registered. */
  readonly id: string;
  /** What the next publication is numbered. */
  next = 1;
  /** Whether a slot was asked for since this was last looked at. */
  isUsed = false;
  readonly #clock: Clock;
  readonly #free: Slot[];
  readonly #waiting: Waiting[] = [];
  #isOver = false;

  constructor(id: string, clock: Clock, keyOf: (id: string, at: number) => string) {
    this.id = id;
    this.#clock = clock;
    this.#free = Array.from(
      { length: SLOTS },
      (_, at) => ({ key: keyOf(id, at), version: null, sequence: 0 }),
    );
  }

  /** Whether nobody has one, or waits for one. */
  get isIdle(): boolean {
    return this.#free.length === SLOTS && this.#waiting.length === 0;
  }

  /**
   * Some slots, when there are as many.
   *
   * @param wait milliseconds
   * @returns `undefined` where the isolate has to register again first
   * @throws what `late` makes, where they took too long
   */
  take(count: number, wait: number, late: () => Error): Promise<Slot[] | undefined> {
    this.isUsed = true;
    if (this.#isOver) return Promise.resolve(undefined);
    if (this.#waiting.length === 0 && this.#free.length >= count) return Promise.resolve(this.#pick(count));
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(wait, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(late());
        this.#serve(); // fewer may be enough for the next one
      });
      const waiting = {
        count,
        answer(slots: Slot[] | undefined) {
          cancel();
          resolve(slots);
        },
      };
      this.#waiting.push(waiting);
    });
  }

  /** Those that nobody has and that are there in the store, or may be. */
  takeWritten(): Slot[] {
    const written = this.#free.filter(({ version }) => version !== null);
    for (const slot of written) this.#free.splice(this.#free.indexOf(slot), 1);
    return written;
  }

  /** Gives them back, whatever lies in them. */
  give(slots: readonly Slot[]): void {
    this.#free.push(...slots);
    this.#serve();
  }

  /** Nobody gets one any more. */
  end(): void {
    this.#isOver = true;
    for (const { answer } of this.#waiting.splice(0)) answer(undefined);
  }

  #serve(): void {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || first.count > this.#free.length) return;
      this.#waiting.shift();
      first.answer(this.#pick(first.count));
    }
  }

  // The oldest first. So what is left of a topic, published or not, is always the last that was said about it: who reads
  // it out again ends where the topic has ended.
  #pick(count: number): Slot[] {
    this.#free.sort((a, b) => (a.sequence || Infinity) - (b.sequence || Infinity));
    return this.#free.splice(0, count);
  }
}

/** That nobody else has written to it. */
export function checkOf({ key, version }: Slot): Check {
  if (version === undefined) throw new TypeError(`Cannot check ${key}: its version is not known.`);
  return { key, version };
}

/** What the store has said of slots. */
export function remember(slots: readonly Slot[], entries: readonly (Entry | null)[]): void {
  for (const [at, slot] of slots.entries()) {
    const entry = entries[at] ?? null;
    slot.version = entry === null ? null : entry.version;
    slot.sequence = entry === null ? 0 : readSlot(entry.value)?.sequence ?? 0;
  }
}
