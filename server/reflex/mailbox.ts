/**
 * What is said to one person, on its way to their pages.
 *
 * @module
 */

import { sessionAddress, userAddress } from "../bus/audience.ts";
import type { Listener, Told } from "../bus/told.ts";
import type { Follower, Topics } from "../bus/topics.ts";

/** Where a page is told what is for its session, or for its person, alone. */
export class Mailbox implements Follower, Listener {
  readonly #names: ReadonlySet<string>;
  /** Tells the page. */
  readonly tell: (told: Told) => void;

  /** @param tell does so */
  constructor(
    { session, user }: { readonly session: string; readonly user: string | undefined },
    tell: (told: Told) => void,
  ) {
    this.#names = new Set([sessionAddress(session), ...user === undefined ? [] : [userAddress(user)]]);
    this.tell = tell;
  }

  /** From now on it is told. */
  follow(topics: Topics): void {
    topics.change(this, nowhere, this.#names);
  }

  /** No more. */
  leave(topics: Topics): void {
    topics.change(this, this.#names, nowhere);
  }

  changed(): void {} // nobody can publish these

  addListeners(listeners: Set<Listener>): void {
    listeners.add(this);
  }
}

const nowhere: ReadonlySet<string> = new Set();
