/**
 * Which calls a render has offered. Nothing is callable because it exists.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import type { Offered } from "../bus/told.ts";

/** The calls of one render. */
export class Offers implements Offered {
  /** A few: a page has as many as there are buttons of a kind, however many rows have them. */
  #targets: readonly string[] = none;
  readonly #calls = new Set<string>();

  /** What {@linkcode calls} has given. */
  static of(calls: Iterable<string>): Offers {
    const offers = new Offers();
    for (const call of calls) offers.#note(call.split(" ", 1)[0]!, call);
    return offers;
  }

  /** Notes that the render contains this call. */
  add(target: string, args: readonly unknown[]): void {
    this.#note(target, callKey(target, args));
  }

  #note(target: string, call: string): void {
    const { size } = this.#calls;
    this.#calls.add(call);
    if (this.#calls.size === size || this.#targets.includes(target)) return;
    // Thousands of views keep such a list. This one is of its exact length; one that grows has room for sixteen more.
    this.#targets = this.#targets.concat(target);
  }

  /** Whether the render contains a call of this target, whatever its arguments. */
  hasTarget(target: string): boolean {
    return this.#targets.includes(target);
  }

  /** Whether the render contains this very call. */
  hasCall(target: string, args: readonly unknown[]): boolean {
    return this.#calls.has(callKey(target, args));
  }

  calls(): Iterable<string> {
    return this.#calls;
  }

  /** The targets, for checks while developing. */
  targets(): Iterable<string> {
    return this.#targets;
  }
}

const none: readonly string[] = [];

function callKey(target: string, args: readonly unknown[]): string {
  return args.length === 0 ? target : `${target} ${canonicalJson(args)}`;
}

/** Offers that are good for a while after what offered them is shown no more. */
export interface OldOffers {
  readonly offers: readonly Offered[];
  /** Until when, in milliseconds since 1970. */
  readonly until: number;
}
