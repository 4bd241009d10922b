/**
 * What calls have left to be done after their commit, in case that the process dies before it is.
 *
 * | key | holds |
 * | --- | --- |
 * | `APP:a:{SESSION}:VISIT` | the calls of a visit that have something left, oldest first |
 *
 * A function cannot be kept. What is kept is the call, and what its body has seen: run again on that, it says again what
 * is to be done, and nothing else of it counts.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { CallFrame, Json } from "../../protocol/frames.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Check, Entry, Store, Write } from "../engine/store.ts";

/** A call that has something left to be done. */
export interface Unfinished {
  /** The call. */
  readonly frame: CallFrame;
  /** The session's values as its body has seen them, as JSON. */
  readonly values: string;
  /** The page's state, likewise. */
  readonly state: Json | undefined;
}

/** The unfinished calls of one app. */
export class Afterwork {
  readonly #store: Store;
  readonly #key: (session: string, visit: string) => string;
  readonly #limits: Pick<Limits, "record" | "token">;
  readonly #clock: Clock;
  /** What this isolate is at. */
  readonly #begun = new Set<string>();

  /** @param key of a visit's list */
  constructor(
    store: Store,
    key: (session: string, visit: string) => string,
    limits: Pick<Limits, "record" | "token">,
    clock: Clock,
  ) {
    this.#store = store;
    this.#key = key;
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * What a commit has to take along so that a call is not forgotten; `undefined` where that is too much to keep: then it
   * is finished by this process or not at all.
   */
  async add(
    session: string,
    visit: string,
    unfinished: Unfinished,
  ): Promise<{ check: Check; write: Write } | undefined> {
    const key = this.#key(session, visit), [entry = null] = await this.#store.get([key]);
    const value = JSON.stringify([...read(entry), unfinished]);
    if (new TextEncoder().encode(value).length > this.#limits.record) return undefined;
    const expiresAt = this.#clock.now() + this.#limits.token;
    return { check: { key, version: entry?.version ?? null }, write: { key, value, expiresAt } };
  }

  /** The unfinished calls of a visit, but for those that this isolate is at. From now on it is at all of them. */
  async take(session: string, visit: string): Promise<readonly Unfinished[]> {
    const [entry = null] = await this.#store.get([this.#key(session, visit)]);
    return read(entry).filter(({ frame: [, n] }) => this.begin(visit, n));
  }

  /** This isolate is at it. False where it was already. */
  begin(visit: string, n: number): boolean {
    const { size } = this.#begun;
    return this.#begun.add(`${visit} ${n}`).size > size;
  }

  /** This isolate is not at it any more, finished or not. */
  leave(visit: string, n: number): void {
    this.#begun.delete(`${visit} ${n}`);
  }

  /** It is finished. */
  async end(session: string, visit: string, n: number): Promise<void> {
    const key = this.#key(session, visit);
    try {
      for (;;) {
        const [entry = null] = await this.#store.get([key]), all = read(entry);
        const left = all.filter(({ frame }) => frame[1] !== n);
        if (left.length === all.length) return;
        const value = left.length === 0 ? null : JSON.stringify(left);
        const write = { key, value, expiresAt: this.#clock.now() + this.#limits.token };
        if (await this.#store.commit([{ key, version: entry!.version }], [write]) !== null) return;
      }
    } finally {
      this.leave(visit, n);
    }
  }
}

function read(entry: Entry | null): readonly Unfinished[] {
  return entry === null ? [] : JSON.parse(entry.value);
}
