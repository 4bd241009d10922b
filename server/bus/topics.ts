/**
 * Who follows which topic, in this isolate.
 *
 * @module
 */

import type { Listener, Told } from "./told.ts";

/** Somebody who wants to know when a topic has changed. */
export interface Follower {
  /** It has. Called at once, and often: what takes time waits for its turn, see `Refreshes`. It must not throw. */
  changed(topic: string): void;
  /** Adds those who are told what is said to the topic. A page may follow it in several ways. */
  addListeners?(listeners: Set<Listener>): void;
}

/** Of so many topics it is remembered when they changed last. */
const REMEMBERED = 10_000;

/** The topics of one app. */
export class Topics {
  readonly #followers = new Map<string, Set<Follower>>();
  /** The number of the last change of each topic, the oldest first. */
  readonly #changes = new Map<string, number>();
  #last = 0;
  /** Changes up to this one may have been forgotten. */
  #forgotten = 0;

  /** Counts changes: what is looked up from now on has all of them up to this one. */
  get now(): number {
    return this.#last;
  }

  /** Whether a topic has changed since then; also where that is not remembered. */
  hasChanged(topic: string, since: number): boolean {
    return (this.#changes.get(topic) ?? this.#forgotten) > since;
  }

  /** Whether a page shows what depends on a topic: others who follow it only keep something. */
  isShown(topic: string): boolean {
    for (const follower of this.#followers.get(topic) ?? []) {
      if (follower.addListeners !== undefined) return true;
    }
    return false;
  }

  /** How many topics somebody follows. */
  get size(): number {
    return this.#followers.size;
  }

  /** Tells a follower of each change, until it leaves. */
  follow(topic: string, follower: Follower): void {
    let followers = this.#followers.get(topic);
    if (followers === undefined) this.#followers.set(topic, followers = new Set());
    followers.add(follower);
  }

  /** Tells it no more. */
  leave(topic: string, follower: Follower): void {
    const followers = this.#followers.get(topic);
    if (followers?.delete(follower) && followers.size === 0) this.#followers.delete(topic);
  }

  /** Makes a follower follow these topics, and leave those of before that are not among them. */
  change(follower: Follower, before: ReadonlySet<string>, after: ReadonlySet<string>): void {
    if (before === after) return;
    for (const topic of before) if (!after.has(topic)) this.leave(topic, follower);
    for (const topic of after) if (!before.has(topic)) this.follow(topic, follower);
  }

  /** Tells all who follow a topic something. */
  tell(topic: string, told: Told): void {
    const listeners = new Set<Listener>();
    for (const follower of this.#followers.get(topic) ?? []) follower.addListeners?.(listeners);
    for (const listener of listeners) listener.tell(told);
  }

  /** A topic has changed. */
  publish(topic: string): void {
    this.#changes.delete(topic);
    this.#changes.set(topic, ++this.#last);
    if (this.#changes.size > REMEMBERED) {
      const [[oldest, change]] = this.#changes as unknown as [[string, number]];
      this.#changes.delete(oldest);
      this.#forgotten = change;
    }
    for (const follower of this.#followers.get(topic) ?? []) follower.changed(topic);
  }

  /** Something may have changed without anybody having said so: everything counts as changed. */
  doubt(): void {
    this.#changes.clear();
    this.#forgotten = ++this.#last;
    for (const [topic, followers] of [...this.#followers]) {
      for (const follower of [...followers]) follower.changed(topic);
    }
  }
}
