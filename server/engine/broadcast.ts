/**
 * A bus for the threads of one process, as `deno serve --parallel` has them: `BroadcastChannel`. It keeps nothing, so
 * that it goes together with a store that all threads reach.
 *
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { broadcastBus } from "@argyle/argyle/broadcast";
 * import { kv, openKv } from "@argyle/argyle/kv";
 *
 * using db = await openKv(":memory:"); // a file, "./app.kv", where there are threads
 * const app = new App({ ...kv(db), bus: broadcastBus() });
 * ```
 *
 * @module
 */

import { BroadcastLine } from "./_broadcast_line.ts";
import type { Bus, BusListener, Publication } from "./bus.ts";

export type { Bus, BusListener, Message, Publication } from "./bus.ts";

// Each thread gets a copy, and all of them live in one process: what is larger belongs into a store.
const MOST_LETTERS = 4 * 1024 * 1024;

/**
 * A bus over `BroadcastChannel`, for the threads of this process. A thread that does not listen for long loses
 * messages, for the runtime keeps some hundred of them; it learns of it by a `gap()`.
 *
 * A publication has at most 4 Mi characters. While somebody listens, the process does not end by itself.
 *
 * @example
 * ```ts
 * import { broadcastBus } from "@argyle/argyle/broadcast";
 * const bus = broadcastBus();
 * await using listening = await bus.listen("shop", { hear: ({ text }) => console.log(text), gap() {} });
 * await bus.publish({ channel: "shop", messages: [{ topic: "items", text: "changed" }] });
 * ```
 */
export function broadcastBus(): Bus {
  return new BroadcastBus();
}

class BroadcastBus implements Bus {
  readonly name = "broadcast";
  readonly replay = false;
  readonly #lines = new Map<string, BroadcastLine>();

  async publish({ channel, messages }: Publication): Promise<void> {
    const letters = messages.reduce((sum, { topic, text }) => sum + topic.length + text.length, 0);
    if (letters > MOST_LETTERS) {
      throw new RangeError(
        `Cannot publish ${letters} characters: the threads of a process tell each other at most ${MOST_LETTERS} ` +
          "at once. Publish less.",
      );
    }
    await this.#line(channel).post(messages);
  }

  // deno-lint-ignore require-await -- what it throws is a rejection
  async listen(channel: string, listener: BusListener): Promise<AsyncDisposable> {
    return this.#line(channel).join(listener);
  }

  // They stay: a line counts what it has posted, and is little while nobody listens.
  #line(channel: string): BroadcastLine {
    const line = this.#lines.get(channel) ?? new BroadcastLine(channel);
    this.#lines.set(channel, line);
    return line;
  }
}
