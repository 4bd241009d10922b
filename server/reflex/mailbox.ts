/**
 * What is said to one person, on its way to their pages.
 *
 * @module
 */

import { sessionAddress, userAddress } from "../bus/audience.ts";
import type { Listener, Told } from "../bus/told.ts";
import type { Follower, Topics } from "../bus/topics.ts";

/** Where a page is told what is for its session, or for its person, alone; and that it is to be asked who it is. */
export class Mailbox implements Follower, Listener {
  readonly #names: ReadonlySet<string>;
  /** Tells the page. */
  readonly tell: (told: Told) => void;
  /** Has it find out whether it is still theirs. */
  readonly changed: () => void;

  constructor(
    { session, user }: { readonly session: string; readonly user: string | undefined },
    { tell, doubt }: { readonly tell: (told: Told) => void; readonly doubt: () => void },
  ) {
    this.#names = new Set([sessionAddress(session), ...user === undefined ? [] : [userAddress(user)]]);
    this.tell = tell;
    this.changed = doubt;
  }

  /** From now on it is told. */
  follow(topics: Topics): void {
    topics.change(this, nowhere, this.#names);
  }

  /** No more. */
  leave(topics: Topics): void {
    topics.change(this, this.#names, nowhere);
  }

  addListeners(listeners: Set<Listener>): void {
    listeners.add(this);
  }
}

const nowhere: ReadonlySet<string> = new Set();
