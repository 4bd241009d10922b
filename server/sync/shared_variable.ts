/**
 * A variable that all isolates of an app have in common: its value lies in the app's store.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { setVariable, type Variable } from "../../socksync/variable.ts";
import type { Channel } from "../bus/channel.ts";
import type { Notice } from "../bus/notice.ts";
import type { Topics } from "../bus/topics.ts";
import type { Store } from "../engine/store.ts";
import { Looking } from "./looking.ts";

/** What shared variables and lists work with. */
export interface SharedMeans {
  /** The app's name, with its base. */
  readonly app: string;
  readonly store: Store;
  readonly channel: Pick<Channel, "publication" | "settle" | "send" | "isShared" | "isAlone">;
  readonly topics: Pick<Topics, "publish" | "isShown">;
  readonly clock: Clock;
  failed(what: string, error: unknown): void;
}

/**
 * A value is said on the bus up to this length, in characters; what is longer, whoever wants to know it looks up. It is said
 * as a text within JSON, and by some buses within JSON once more, where it can become four times as long: less than any takes.
 */
const SAID = 20_000;

/** So often a change is tried again while others are quicker; after a pause of at most so many milliseconds. */
const TRIES = 100, PAUSE = 4, LONGEST_PAUSE = 200;

/** Milliseconds that the function of a change may take: those behind it wait for it, its own changes too. */
const CHANGE = 10_000;

/** A variable as one isolate has it. */
export class SharedVariable<T> {
  readonly #variable: Variable<T>;
  readonly #means: SharedMeans;
  readonly #topic: string;
  readonly #key: string;
  readonly #looking: Looking;
  /** Counts the values; 0 is the one of the declaration. */
  #number = 0;
  /** The version that the store has for it; `undefined` where that has to be looked up. */
  #version: string | null | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(variable: Variable<T>, topic: string, means: SharedMeans) {
    this.#variable = variable;
    this.#topic = topic;
    this.#means = means;
    this.#key = `${means.app.replaceAll("{", "%7B").replaceAll("}", "%7D")}:v:{${topic}}`;
    this.#looking = new Looking({
      clock: means.clock,
      look: () => this.load(),
      failed: (error) =>
        means.failed(`the value of ${topic} could not be looked up; it is tried again`, error),
    });
  }

  /**
   * Looks up the value.
   *
   * @throws Error where the store cannot be reached, or has something else there
   */
  async load(): Promise<void> {
    const before = this.#number;
    const [entry = null] = await this.#means.store.get([this.#key]);
    if (entry !== null) {
      const [number, json] = readRecord(entry.value, this.#key);
      // Somebody has said a newer one since it was asked.
      if (number < this.#number && number >= before) return;
      // A store that has fewer than were known before it was asked has lost some: then they are lost.
      if (number !== this.#number) this.#accept(number, json);
    } else if (this.#number !== before) return;
    this.#version = entry?.version ?? null;
  }

  /** Changes the value by one compare-and-set; the changes of this isolate come one after another. */
  update(change: (value: T) => T | Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => this.#update(change));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** An isolate has said the next value, this one too. */
  hear(number: number, json: string): void {
    if (number <= this.#number) return;
    this.#version = undefined;
    if (json !== "") return this.#accept(number, json);
    this.doubt();
  }

  /** Something may have been missed. */
  doubt(): void {
    this.#looking.doubt();
  }

  /** Nothing is looked up any more; done when the changes that were under way are. */
  async close(): Promise<void> {
    this.#looking.close();
    await this.#turn;
  }

  async #update(change: (value: T) => T | Promise<T>): Promise<T> {
    for (let tried = 0; tried < TRIES; tried++) {
      if (this.#version === undefined) await this.load();
      const number = this.#number, version = this.#version;
      const made = change(this.#variable.value);
      const next = made instanceof Promise ? await this.#inTime(made) : made;
      // Somebody has been quicker while it was made.
      if (this.#number === number && version !== undefined) {
        const made = await this.#commit(number + 1, next, version);
        if (made !== undefined) return made.value;
      }
      this.#version = undefined;
      await this.#pause(tried);
    }
    throw new Error(`Cannot change ${this.#topic}: others were quicker, ${TRIES} times.`);
  }

  async #commit(number: number, next: T, version: string | null): Promise<{ readonly value: T } | undefined> {
    const { store, channel } = this.#means, json = JSON.stringify(next) ?? "null";
    const notice: Notice = ["value", this.#topic, number, json.length > SAID ? "" : json];
    const publication = channel.publication([notice]);
    let isKnown = false;
    try {
      const check = { key: this.#key, version };
      const write = { key: this.#key, value: `[${number},${json}]`, expiresAt: Infinity };
      const written = await store.commit([check], [write], publication);
      isKnown = true;
      if (written === null) return undefined;
      // What the bus has said meanwhile is this very value, or a newer one.
      if (number > this.#number) this.#accept(number, json);
      if (number !== this.#number) return { value: JSON.parse(json) };
      this.#version = written;
      return { value: this.#variable.value };
    } catch (error) {
      isKnown = error instanceof RangeError;
      if (!isKnown) {
        // It may have happened, and nobody may have been told of it.
        this.#version = undefined;
        this.doubt();
      }
      throw error;
    } finally {
      if (publication !== undefined) channel.settle(publication, isKnown);
    }
  }

  // Every isolate has what JSON makes of it, this one too.
  #accept(number: number, json: string): void {
    const value = JSON.parse(json) as T;
    this.#number = number;
    setVariable(this.#variable, value, json);
    this.#means.topics.publish(this.#topic);
  }

  // Also where a change waits for another one of the same variable, which waits for it.
  async #inTime(made: Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = this.#means.clock.after(CHANGE, () => {
      reject(new Error(`Cannot change ${this.#topic}: the change has taken longer than ${CHANGE} ms.`));
    });
    try {
      return await Promise.race([made, late]);
    } finally {
      cancel();
    }
  }

  #pause(tried: number): Promise<void> {
    const most = Math.min(PAUSE * 2 ** tried, LONGEST_PAUSE);
    return new Promise((resolve) => void this.#means.clock.after(most * Math.random(), resolve));
  }
}

// [17,{"price":42}]: what is behind the comma is JSON already.
function readRecord(text: string, key: string): [number: number, json: string] {
  const comma = text.indexOf(","), number = Number(text.slice(1, comma));
  if (text.startsWith("[") && text.endsWith("]") && comma > 0 && Number.isSafeInteger(number)) {
    return [number, text.slice(comma + 1, -1)];
  }
  throw new TypeError(`Cannot read ${key}: the store has something else there than the value of a variable.`);
}
