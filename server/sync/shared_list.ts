/**
 * A list as one isolate of an app has it: what others do to the items is shown here, and what is done here is told to them.
 *
 * @module
 */

import { type List, listFeed, listSource } from "../../socksync/list.ts";
import type { ListChange, ListStep } from "../../socksync/source.ts";
import type { SharedMeans } from "./shared_variable.ts";

/** The steps of a change are said up to this length, in characters; of what is longer, whoever shows it reads it anew. */
const SAID = 50_000;

/** Tells and hears. */
export class SharedList<T> {
  readonly #list: List<T>;
  readonly #topic: string;
  readonly #means: SharedMeans;

  constructor(list: List<T>, topic: string, means: SharedMeans) {
    this.#list = list;
    this.#topic = topic;
    this.#means = means;
  }

  /** Whether others change the same items, and nobody but they says so. */
  get isShared(): boolean {
    const { isShared, watch } = listSource(this.#list);
    return isShared && watch === undefined && this.#means.channel.isShared;
  }

  /** Whether its items are this isolate's alone, though there are others. */
  get isSplit(): boolean {
    return !listSource(this.#list).isShared && !this.#means.channel.isAlone;
  }

  /** Whether somebody sees it here, so that it has to be looked after: others may change it, or it is watched. */
  get isWanted(): boolean {
    return listFeed(this.#list).isSeen && (this.isShared || listSource(this.#list).watch !== undefined);
  }

  /** It was changed here. */
  tell({ version, count, steps }: ListChange<T>): void {
    if (!this.isShared) return;
    const { channel } = this.#means;
    if (steps !== undefined && lengthOf(steps) <= SAID) {
      channel.send(["list", this.#topic, version, count, steps]);
    } else channel.send(["list", this.#topic, version, count]);
  }

  /** It was changed somewhere. */
  hear(version: number, count: number, steps: readonly ListStep<unknown>[] | undefined): void {
    listFeed(this.#list).accept({ version, count, steps: steps as readonly ListStep<T>[] | undefined });
  }

  /** Something may have been missed. */
  doubt(): void {
    listFeed(this.#list).doubt();
  }

  /** Time has passed. Who dies between a change and telling of it has told nobody; and pages do not say that they go. */
  look(): void {
    const feed = listFeed(this.#list);
    if (!this.#means.topics.isShown(this.#topic)) feed.unlook();
    if (feed.isSeen && this.isShared) feed.doubt();
  }

  /** Ends what looks at it. */
  async close(): Promise<void> {
    await listFeed(this.#list).close();
  }
}

// What JSON has no words for cannot be said; it was changed all the same.
function lengthOf(steps: readonly unknown[]): number {
  try {
    return JSON.stringify(steps).length;
  } catch {
    return Infinity;
  }
}
