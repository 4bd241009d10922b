/**
 * Variables and lists of a SockSync connection as signals, for `@preact/signals` and whatever else is built on
 * `@preact/signals-core`.
 *
 * ```ts
 * import { connectSync } from "@argyle/argyle/client";
 * import { signalOf, statusSignalOf } from "@argyle/argyle/signals";
 * import { list, variable } from "@argyle/argyle/socksync";
 * import { effect } from "@preact/signals-core";
 *
 * type Shop = { stock: ReturnType<typeof stock>; products: ReturnType<typeof products> };
 * const stock = () => variable(0), products = () => list(["tea", "milk"]);
 *
 * function show(url: string, output: HTMLElement): () => void {
 *   const peer = connectSync<Shop>(url);
 *   const stock = signalOf(peer.variable("stock")), status = statusSignalOf(peer.variable("stock"));
 *   return effect(() => {
 *     output.textContent = status.value === "fresh" ? `${stock.value} left` : "…";
 *   });
 * }
 * ```
 *
 * @module
 */

import { Signal } from "@preact/signals-core";
import type { Status, Watched } from "../socksync/remote.ts";
import { type Readable, watch } from "./sync_readable.ts";

export type { Readable } from "./sync_readable.ts";

/**
 * A signal that only its source changes. It is a `Signal` of `@preact/signals-core`, of which no more is promised than this.
 *
 * @example
 * ```ts
 * import type { ReadonlySignal } from "@argyle/argyle/signals";
 * const show = (price: ReadonlySignal<number>) => price.subscribe((value) => console.log(value.toFixed(2)));
 * ```
 */
export interface ReadonlySignal<T> {
  /** What it is now. Read in a computed signal, an effect or a component, that depends on it. */
  readonly value: T;
  /** What it is now, and nothing depends on it. */
  peek(): T;
  /** Calls back with its value: at once, and whenever it changes; the function returned ends that. */
  subscribe(listener: (value: T) => void): () => void;
}

const values = new WeakMap<Readable<unknown>, SourceSignal<unknown>>();
const statuses = new WeakMap<Watched<unknown>, SourceSignal<Status>>();

/**
 * The value of a variable, or the items of a list that are here, as a signal. It listens to its source while an effect or a
 * component depends on it; read by itself, it looks. (A computed signal on which nothing depends is told of nothing, and
 * may give what it was: that is so for all signals whose source is elsewhere.)
 *
 * @param readable a variable or a list of the other end, or a variable of one's own
 * @returns the same signal each time
 *
 * @example
 * ```ts
 * import { signalOf } from "@argyle/argyle/signals";
 * import { variable } from "@argyle/argyle/socksync";
 * const zoom = variable(1), signal = signalOf(zoom);
 * await zoom.set(2);
 * console.assert(signal.value === 2);
 * ```
 */
export function signalOf<T>(readable: Readable<T>): ReadonlySignal<T> {
  const known = values.get(readable) ?? new SourceSignal(readable, () => readable.value);
  values.set(readable, known);
  return known as SourceSignal<T>;
}

/**
 * How well a variable or a list is known, as a signal.
 *
 * @returns the same signal each time
 *
 * @example
 * ```ts
 * import { statusSignalOf } from "@argyle/argyle/signals";
 * import type { RemoteVariable } from "@argyle/argyle/socksync";
 * const isLive = (price: RemoteVariable<number>) => statusSignalOf(price).value === "fresh";
 * ```
 */
export function statusSignalOf(watched: Watched<unknown>): ReadonlySignal<Status> {
  const known = statuses.get(watched) ?? new SourceSignal<Status>(watched, () => watched.status);
  statuses.set(watched, known);
  return known;
}

/** A signal of something that something else keeps. */
class SourceSignal<T> extends Signal<T> {
  readonly #read: () => T;
  /** Ends listening; there while somebody depends on it. */
  #end: (() => void) | undefined;

  constructor(source: Readable<unknown>, read: () => T) {
    super(read(), {
      watched: () => {
        this.#end = watch(source, () => this.#look());
        this.#look();
      },
      unwatched: () => {
        this.#end?.();
        this.#end = undefined;
      },
    });
    this.#read = read;
  }

  // There is no setter beside it: nobody else changes it.
  override get value(): T {
    if (!this.#end) this.#look();
    return super.value;
  }

  #look(): void {
    super.value = this.#read();
  }
}
