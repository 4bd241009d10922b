/**
 * Reading the props of an island. They stand in the page, where anybody may have changed them.
 *
 * @module
 */

import { parse } from "devalue";
import type { IslandOptions } from "./island.ts";

/** Props of a component. */
export type Props = Record<string, unknown>;

/** What is used of a signal. */
interface Signal {
  value: unknown;
}

/** A signal for those who have no library of them. */
class PlainSignal implements Signal {
  readonly #listeners = new Set<(value: unknown) => void>();
  #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  get value(): unknown {
    return this.#value;
  }

  set value(value: unknown) {
    this.#value = value;
    for (const listener of this.#listeners) listener(value);
  }

  peek(): unknown {
    return this.#value;
  }

  subscribe(listener: (value: unknown) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#value);
    return () => this.#listeners.delete(listener);
  }
}

/** Reads the props of one island. */
export class PropsReader {
  readonly #make: (value: unknown) => Signal;
  readonly #made = new WeakSet<Signal>();

  constructor(make: IslandOptions["signal"] = (value) => new PlainSignal(value)) {
    this.#make = make;
  }

  /**
   * Reads them. A signal that was there before stays, and holds the new value.
   *
   * @param before what the island has
   * @throws Error for what is nothing that the server has written
   */
  read(text: string, before: Props): Props {
    const props: Props = parse(text, { Signal: ({ value }: Signal) => this.#signal(value) });
    if (Object.prototype.toString.call(props) !== "[object Object]") {
      throw new TypeError("These are no props.");
    }
    delete props["children"];
    const kept = new Map<Signal, Signal>();
    for (const name in props) {
      const [old, now] = [before[name], props[name]] as [Signal, Signal];
      if (old === now || !this.#made.has(old) || !this.#made.has(now)) continue;
      // What was one signal under two names may be two by now.
      if ((kept.get(old) ?? now) !== now) continue;
      kept.set(old, now);
      old.value = now.value;
      props[name] = old;
    }
    return props;
  }

  #signal(value: unknown): Signal {
    const signal = this.#make(value);
    this.#made.add(signal);
    return signal;
  }
}
