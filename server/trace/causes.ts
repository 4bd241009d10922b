/**
 * Which reflex has published a topic last, in this isolate: for a developer who wonders why a page was patched.
 *
 * @module
 */

import type { Cause } from "../../protocol/timing.ts";

/** Of so many topics it is remembered; and so many are named as causes of one push. */
const REMEMBERED = 200, NAMED = 8;

/** Topics, and the reflexes that published them. */
export class Causes {
  readonly #by = new Map<string, string>();

  /** A reflex has published a topic. */
  note(topic: string, target: string): void {
    this.#by.delete(topic);
    this.#by.set(topic, target);
    if (this.#by.size > REMEMBERED) this.#by.delete(this.#by.keys().next().value!);
  }

  /** Names topics, and by whom they were published. */
  of(topics: Iterable<string>): Cause[] {
    return Array.from(topics).slice(0, NAMED).map((topic) => {
      const by = this.#by.get(topic);
      return by === undefined ? [topic] : [topic, by];
    });
  }
}
