/**
 * What one render depends on.
 *
 * @module
 */

import type { Topic } from "../bus/topic.ts";
import { HttpError } from "../http/error.ts";

/** Whether somebody may subscribe to a topic. */
export type Allows = (topic: Topic) => boolean | Promise<boolean>;

/** Notes the topics of one render, and whether its person may see them. */
export class Watch {
  readonly #allows: Allows;
  readonly #limit: number;
  // Made when there is one: most renders depend on none.
  #topics: Map<string, Topic> | undefined;
  #asked: Map<string, boolean | Promise<boolean>> | undefined;

  /**
   * @param allows asked once for each topic
   * @param limit how many topics there may be
   */
  constructor(allows: Allows, limit: number) {
    this.#allows = allows;
    this.#limit = limit;
  }

  /** The topics, each once. */
  get topics(): readonly Topic[] {
    return this.#topics === undefined ? none : [...this.#topics.values()];
  }

  /**
   * Notes a topic.
   *
   * @returns a promise where it takes time to find out whether the person may see it; rejected where not
   * @throws HttpError 403 where not, RangeError for one topic too many
   */
  add(topic: Topic): undefined | Promise<void> {
    const { name } = topic;
    const asked = this.#asked ??= new Map();
    let allowed = asked.get(name);
    if (allowed === undefined) {
      if (asked.size >= this.#limit) {
        throw new RangeError(`Cannot subscribe to ${name}: a page has at most ${this.#limit} topics.`);
      }
      (this.#topics ??= new Map()).set(name, topic);
      allowed = this.#allows(topic);
      asked.set(name, allowed);
      if (allowed instanceof Promise) allowed.catch(() => {}); // whoever waits for it hears of it
    }
    return allowed instanceof Promise ? allowed.then(refuseUnless) : refuseUnless(allowed);
  }

  /** Done when all have been found out; `undefined` where they are already. Fails as {@linkcode add} does. */
  settle(): undefined | Promise<void> {
    return this.#asked === undefined ? undefined : this.#settle(this.#asked);
  }

  async #settle(asked: ReadonlyMap<string, boolean | Promise<boolean>>): Promise<void> {
    for (const allowed of asked.values()) refuseUnless(await allowed);
  }
}

const none: readonly Topic[] = [];

function refuseUnless(allowed: boolean): undefined {
  if (!allowed) throw new HttpError(403, "This is not for you to see.");
}
