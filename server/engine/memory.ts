/**
 * State in the memory of this isolate: for tests and for a first look. It ends with the process.
 *
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { memory } from "@argyle/argyle/memory";
 *
 * const app = new App(memory()); // the same as new App()
 * ```
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import { MemoryBus } from "./_memory_bus.ts";
import { MemoryStore } from "./_memory_store.ts";
import type { Engine } from "./store.ts";

export type { Bus, BusListener, Message, Publication } from "./bus.ts";
export type { Check, Engine, Entry, Store, Write } from "./store.ts";

/**
 * An engine in the memory of this isolate.
 *
 * @param options `clock`: the time by which values expire; the system's where left out
 *
 * @example
 * ```ts
 * import { memory } from "@argyle/argyle/memory";
 * const { store } = memory();
 * await store.get(["nothing"]); // [null]
 * ```
 */
export function memory(options: { clock?: Clock } = {}): Engine {
  const bus = new MemoryBus();
  return { store: new MemoryStore(options.clock ?? systemClock, bus), bus };
}
