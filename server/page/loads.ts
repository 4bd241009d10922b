/**
 * What pages have loaded, kept until a topic says that it has changed.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Topics } from "../bus/topics.ts";

/** One load: under way, or there. */
interface Kept {
  readonly value: Promise<unknown>;
  readonly topics: readonly string[];
  /** When it was begun, as long as it is under way. */
  begun: number | undefined;
}

/**
 * Loads of this isolate. Who asks for what is under way gets the same; what was loaded is kept until one of its topics
 * is published, or others need the room. What failed is not kept,
 * and nobody joins what has been under way for longer than a page may wait: it may never come.
 */
export class Loads {
  readonly #topics: Topics;
  readonly #limits: Pick<Limits, "load" | "loads">;
  readonly #clock: Clock;
  /** The least recently used first. */
  readonly #kept = new Map<string, Kept>();
  readonly #byTopic = new Map<string, Set<string>>();

  /** @param limits how many to keep, and how long a page may wait */
  constructor(topics: Topics, limits: Pick<Limits, "load" | "loads">, clock: Clock) {
    this.#topics = topics;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** How many are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /**
   * What is kept under a name, or else what `fn` gives.
   *
   * @param name with everything that it depends on: whose it is, for one
   * @param topics what makes it anew; at least one
   */
  load<T>(name: string, topics: readonly string[], fn: () => T | Promise<T>): Promise<T> {
    const known = this.#kept.get(name);
    if (known !== undefined && !this.#isLost(known)) {
      this.#kept.delete(name);
      this.#kept.set(name, known);
      return known.value as Promise<T>;
    }
    if (known !== undefined) this.#forget(name);
    const value = Promise.resolve().then(fn);
    const kept: Kept = { value, topics, begun: this.#clock.now() };
    this.#keep(name, kept);
    value.then(() => {
      kept.begun = undefined;
    }, () => {
      if (this.#kept.get(name) === kept) this.#forget(name);
    });
    return value;
  }

  /** A topic has changed: what depends on it is loaded anew when somebody asks next, also what is under way. */
  changed(topic: string): void {
    for (const name of this.#byTopic.get(topic) ?? []) this.#forget(name);
  }

  #isLost({ begun }: Kept): boolean {
    return begun !== undefined && this.#clock.now() - begun >= this.#limits.load;
  }

  #keep(name: string, kept: Kept): void {
    this.#kept.set(name, kept);
    for (const topic of kept.topics) {
      let names = this.#byTopic.get(topic);
      if (names === undefined) {
        this.#byTopic.set(topic, names = new Set());
        this.#topics.follow(topic, this);
      }
      names.add(name);
    }
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#limits.loads) break;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    for (const topic of kept?.topics ?? []) {
      const names = this.#byTopic.get(topic);
      if (!names?.delete(name) || names.size > 0) continue;
      this.#byTopic.delete(topic);
      this.#topics.leave(topic, this);
    }
  }
}
