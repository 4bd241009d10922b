/**
 * One who listens to a channel in Deno KV.
 *
 * @module
 */

import type { BusListener, Message } from "./bus.ts";

/** Hears what was published after it has joined. */
export class Listening implements AsyncDisposable {
  readonly #listener: BusListener;
  readonly #from: readonly string[];
  readonly #leave: () => Promise<void>;
  #left: Promise<void> | undefined;

  /**
   * One who listens.
   *
   * @param from the versions of the shards' heads when it joined
   * @param leave called once, when it hears nothing more
   */
  constructor(listener: BusListener, from: readonly string[], leave: () => Promise<void>) {
    this.#listener = listener;
    this.#from = from;
    this.#leave = leave;
  }

  /** Hears the messages of an entry, unless it joined later. */
  hear(shard: number, version: string, messages: readonly Message[]): void {
    if (version <= this.#from[shard]!) return;
    for (const message of messages) if (this.#left === undefined) this.#listener.hear(message);
  }

  /** Learns that something may have been missed. */
  gap(): void {
    if (this.#left === undefined) this.#listener.gap();
  }

  /** Hears nothing from now on. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#left ??= this.#leave();
  }
}
