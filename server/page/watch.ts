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
  readonly #topics = new Map<string, Topic>();
  readonly #asked = new Map<string, boolean | Promise<boolean>>();

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
    return [...this.#topics.values()];
  }

  /**
   * Notes a topic.
   *
   * @returns a promise where it takes time to find out whether the person may see it; rejected where not
   * @throws HttpError 403 where not, RangeError for one topic too many
   */
  add(topic: Topic): undefined | Promise<void> {
    const { name } = topic;
    let allowed = this.#asked.get(name);
    if (allowed === undefined) {
      if (this.#asked.size >= this.#limit) {
        throw new RangeError(`Cannot subscribe to ${name}: a page has at most ${this.#limit} topics.`);
      }
      this.#topics.set(name, topic);
      allowed = this.#allows(topic);
      this.#asked.set(name, allowed);
      if (allowed instanceof Promise) allowed.catch(() => {}); // whoever waits for it hears of it
    }
    return allowed instanceof Promise ? allowed.then(refuseUnless) : refuseUnless(allowed);
  }

  /** Done when all have been found out. Rejects as {@linkcode add} does. */
  async settle(): Promise<void> {
    for (const allowed of this.#asked.values()) refuseUnless(await allowed);
  }
}

function refuseUnless(allowed: boolean): undefined {
  if (!allowed) throw new HttpError(403, "This is not for you to see.");
}
