/**
 * Which calls a render has offered. Nothing is callable because it exists.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";

/** The calls of one render. */
export class Offers {
  readonly #targets = new Set<string>();
  readonly #calls = new Set<string>();

  /** Notes that the render contains this call. */
  add(target: string, args: readonly unknown[]): void {
    this.#targets.add(target);
    this.#calls.add(callKey(target, args));
  }

  /** Whether the render contains a call of this target, whatever its arguments. */
  hasTarget(target: string): boolean {
    return this.#targets.has(target);
  }

  /** Whether the render contains this very call. */
  hasCall(target: string, args: readonly unknown[]): boolean {
    return this.#calls.has(callKey(target, args));
  }

  /** The targets, for checks while developing. */
  targets(): Iterable<string> {
    return this.#targets;
  }
}

function callKey(target: string, args: readonly unknown[]): string {
  return args.length === 0 ? target : `${target} ${canonicalJson(args)}`;
}
