/**
 * A bus for the apps of one isolate: whoever is given the same engine hears the same.
 *
 * @module
 */

import type { Bus, BusListener, Message, Publication } from "./bus.ts";

/** Carries messages in the memory of this isolate. Nobody can be cut off, so that nothing is ever missed. */
export class MemoryBus implements Bus {
  readonly name = "memory";
  readonly replay = true;
  readonly #listening = new Map<string, Set<Listening>>();

  isAlone(channel: string): boolean {
    return (this.#listening.get(channel)?.size ?? 0) <= 1;
  }

  publish({ channel, messages }: Publication): Promise<void> {
    for (const listening of this.#listening.get(channel) ?? []) listening.deliver(messages);
    return Promise.resolve();
  }

  listen(channel: string, listener: BusListener): Promise<AsyncDisposable> {
    const all = this.#listening.get(channel) ?? new Set();
    this.#listening.set(channel, all);
    const listening = new Listening(listener, () => {
      if (all.delete(listening) && all.size === 0) this.#listening.delete(channel);
    });
    all.add(listening);
    return Promise.resolve(listening);
  }
}

class Listening implements AsyncDisposable {
  readonly #listener: BusListener;
  readonly #leave: () => void;
  #ended = false;

  constructor(listener: BusListener, leave: () => void) {
    this.#listener = listener;
    this.#leave = leave;
  }

  // Later, as from any bus: whoever publishes is never in the middle of what listening does.
  deliver(messages: readonly Message[]): void {
    queueMicrotask(() => {
      for (const message of messages) if (!this.#ended) this.#listener.hear(message);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#leave();
    return Promise.resolve();
  }
}
