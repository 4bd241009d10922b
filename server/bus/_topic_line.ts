/**
 * What is said about one topic goes out in its order.
 *
 * @module
 */

import type { Publication } from "../engine/bus.ts";

/** A place in the line of each topic of a publication. */
export interface Turn {
  /** When everything before it has left. */
  readonly before: Promise<unknown>;
  /** Lets the next ones go, once those before this one have left, too. */
  leave(): void;
}

/** A line for each topic of each channel, as long as somebody stands in it. */
export class TopicLine {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Takes a place in every line that the publication belongs to. */
  enter({ channel, messages }: Publication): Turn {
    const names = new Set(messages.map(({ topic }) => `${channel.length}:${channel}${topic}`));
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const before = Promise.all([...names].map((name) => this.#last.get(name)));
    // Who leaves early must not take with them those whom they were waiting for.
    const through = Promise.all([before, left]).then(() => {
      for (const name of names) if (this.#last.get(name) === through) this.#last.delete(name);
    });
    for (const name of names) this.#last.set(name, through);
    return { before, leave };
  }

  /** In how many lines somebody stands. */
  get size(): number {
    return this.#last.size;
  }
}
