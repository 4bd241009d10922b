/**
 * Who listens to a channel, and how far its stream has been read.
 *
 * @module
 */

import type { BusListener, Message } from "./bus.ts";
import { isAfter, readEntry } from "./_redis_log.ts";

/** A channel that somebody listens to. */
export class RedisChannel {
  /** Of its stream, as we say it. */
  readonly key: string;
  /** The same as Redis has it: ioredis may put something before it. */
  name = "";
  /** The entry that was read last; nothing where reading has not begun. */
  cursor = "";
  readonly listeners: Set<RedisListener> = new Set();

  constructor(key: string) {
    this.key = key;
  }

  /**
   * Takes what was read.
   *
   * @throws Error where it is something else than entries
   */
  take(entries: unknown): void {
    if (!Array.isArray(entries)) throw new Error("it has answered something else than entries.");
    for (const raw of entries) {
      const { id, before, message } = readEntry(raw);
      if (before !== this.cursor) this.#miss();
      this.cursor = id;
      if (message !== undefined) { for (const listener of [...this.listeners]) listener.hear(id, message); }
    }
  }

  /** Goes on behind `id`, and nobody knows what was before it. */
  skipTo(id: string): void {
    this.cursor = id;
    this.#miss();
  }

  #miss(): void {
    for (const listener of [...this.listeners]) listener.miss();
  }
}

/** One that listens. Where it begins is not known at once, and the channel may be heard meanwhile. */
export class RedisListener {
  readonly #listener: BusListener;
  #early: { readonly id: string; readonly message: Message }[] | undefined = [];
  #hasMissed = false;
  /** The last entry that is not for it; none where all that is read now is. */
  #from: string | undefined;
  #hasLeft = false;

  constructor(listener: BusListener) {
    this.#listener = listener;
  }

  /** Hears from now on what was written after `from`. */
  begin(from: string): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    // Its place may be one of a stream that is gone: then it is no place in this one.
    if (this.#hasMissed) this.miss();
    else this.#from = from;
    for (const { id, message } of early) this.hear(id, message);
  }

  /** Tells it what was read. */
  hear(id: string, message: Message): void {
    if (this.#hasLeft) return;
    if (this.#early !== undefined) {
      this.#early.push({ id, message });
    } else if (this.#from === undefined || isAfter(id, this.#from)) {
      this.#from = undefined;
      guarded(() => this.#listener.hear(message));
    }
  }

  /** Tells it that something was missed. */
  miss(): void {
    if (this.#hasLeft) return;
    if (this.#early !== undefined) {
      this.#early = [];
      this.#hasMissed = true;
    } else {
      this.#from = undefined;
      guarded(() => this.#listener.gap());
    }
  }

  /** Hears nothing any more. */
  leave(): void {
    this.#hasLeft = true;
  }
}

// It must not throw. If it does, it is the process that hears of it, and others are told all the same.
function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    reportError(error);
  }
}
