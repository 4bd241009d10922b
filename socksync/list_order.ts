/**
 * Changes of a list, in the order in which they were made, whatever the order in which they are told.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { ListChange } from "./source.ts";

/** So long a change waits for the one before it: told by different isolates, they may come in another order. */
export const HOLD = 100;

/** So many changes wait at most. */
const WAITING = 1000;

/** Brings changes in order; what does not come is missed in the end. */
export class ListOrder<T> {
  readonly #clock: () => Clock;
  readonly #held: () => void;
  readonly #pending = new Map<number, ListChange<T>>();
  #version: number | undefined;
  #isMissed = false;
  #cancelHold: (() => void) | undefined;

  /** @param held a change was waited for long enough: there is something to take */
  constructor(clock: () => Clock, held: () => void) {
    this.#clock = clock;
    this.#held = held;
  }

  /** Up to where changes were taken; `undefined` while nobody has looked. */
  get version(): number | undefined {
    return this.#version;
  }

  /** Somebody has looked: the list was of this version. */
  begin(version: number): void {
    this.#version ??= version;
  }

  /** Changes up to this version are known, if any are. */
  pass(version: number): void {
    if (this.#version !== undefined) this.#version = Math.max(this.#version, version);
  }

  /** A change was told; `false` where it is known already. */
  add(change: ListChange<T>): boolean {
    const { version, count } = change;
    if (version <= (this.#version ?? -1) || this.#pending.has(version)) return false;
    this.#pending.set(version, change);
    if (this.#pending.size > WAITING) {
      const latest = this.#latest();
      this.#pending.clear();
      this.#pending.set(latest, { version: latest, count });
    }
    return true;
  }

  /**
   * The changes that come next, in their order; none where there are none, or one before them is not there yet; `"missed"`
   * where nobody knows what has happened up to the version that is now the one of the list.
   */
  take(): readonly ListChange<T>[] | "missed" | undefined {
    const version = this.#version;
    if (version === undefined) return undefined;
    for (const known of [...this.#pending.keys()]) if (known <= version) this.#pending.delete(known);
    const changes: ListChange<T>[] = [];
    for (let next = version + 1;; next++) {
      const change = this.#pending.get(next);
      if (change?.steps === undefined) break;
      changes.push(change);
      this.#pending.delete(next);
    }
    if (changes.length > 0 || this.#pending.size === 0) this.#endHold();
    if (changes.length > 0) return changes;
    if (this.#pending.size === 0) return undefined;
    if (this.#isMissed || [...this.#pending.values()].some(({ steps }) => steps === undefined)) {
      this.#version = this.#latest();
      this.clear();
      return "missed";
    }
    this.#cancelHold ??= this.#clock().after(HOLD, () => {
      this.#isMissed = true;
      this.#held();
    });
    return undefined;
  }

  /** Nobody waits for what was told: it is as if it were shown. */
  skip(): void {
    if (this.#pending.size > 0) this.pass(this.#latest());
    this.clear();
  }

  /** Nothing waits. */
  clear(): void {
    this.#pending.clear();
    this.#endHold();
  }

  #latest(): number {
    return Math.max(...this.#pending.keys());
  }

  #endHold(): void {
    this.#cancelHold?.();
    this.#cancelHold = undefined;
    this.#isMissed = false;
  }
}
