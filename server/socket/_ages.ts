/**
 * How old connections are: one timer for all of them, instead of one each.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";

/** Who is told that it is old enough. */
export interface Aging {
  /** Milliseconds since 1970. */
  endsAt: number;
  /** It is old enough. */
  end(): void;
}

/** Those who reach the same age: who comes first is old first. */
export class Ages {
  readonly #clock: Clock;
  readonly #age: number;
  readonly #all = new Set<Aging>();
  #cancel: (() => void) | undefined;

  /** @param age milliseconds */
  constructor(clock: Clock, age: number) {
    this.#clock = clock;
    this.#age = age;
  }

  /** Somebody begins to age. */
  add(one: Aging): void {
    one.endsAt = this.#clock.now() + this.#age;
    this.#all.add(one);
    this.#cancel ??= this.#clock.after(this.#age, () => this.#look());
  }

  /** Somebody has ended otherwise. */
  delete(one: Aging): void {
    if (!this.#all.delete(one) || this.#all.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    for (const one of this.#all) {
      if (one.endsAt > now) {
        this.#cancel = this.#clock.after(one.endsAt - now, () => this.#look());
        return;
      }
      this.#all.delete(one);
      one.end();
    }
  }
}

const clocks = new WeakMap<Clock, Map<number, Ages>>();

/** The connections of a clock that reach this age. */
export function agesOf(clock: Clock, age: number): Ages {
  let ages = clocks.get(clock);
  if (ages === undefined) clocks.set(clock, ages = new Map());
  let found = ages.get(age);
  if (found === undefined) ages.set(age, found = new Ages(clock, age));
  return found;
}
