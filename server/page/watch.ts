/**
 * What one render depends on.
 *
 * @module
 */

import type { Topic } from "../bus/topic.ts";
import { HttpError } from "../http/error.ts";
import type { Limits } from "../../protocol/limits.ts";
import { type Join, Joins } from "./joins.ts";

/** Whether somebody may subscribe to a topic. */
export type Allows = (topic: Topic) => boolean | Promise<boolean>;

/** Notes the topics of one render, and whether its person may see them. */
export class Watch {
  readonly #allows: Allows;
  readonly #person: string;
  readonly #limits: Pick<Limits, "topics" | "presenceData">;
  // Made when there is one: most renders depend on none.
  #topics: Map<string, Topic> | undefined;
  #asked: Map<string, boolean | Promise<boolean>> | undefined;
  #joins: Joins | undefined;

  /**
   * @param allows asked once for each topic
   * @param person names whose render it is
   * @param limits how many topics there may be
   */
  constructor(allows: Allows, person: string, limits: Pick<Limits, "topics" | "presenceData">) {
    this.#allows = allows;
    this.#person = person;
    this.#limits = limits;
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
    const { name } = topic, { topics: limit } = this.#limits;
    const topics = this.#topics ??= new Map();
    if (!topics.has(name) && topics.size >= limit) {
      throw new RangeError(`Cannot subscribe to ${name}: a page has at most ${limit} topics.`);
    }
    topics.set(name, topic);
    return this.#ask(topic);
  }

  /**
   * Notes that the person is on a topic.
   *
   * @throws HttpError 403 where they may not be, at once or when this settles; what {@linkcode Joins.add} throws
   */
  join(topic: Topic, data: unknown): void {
    const asks = (this.#joins ??= new Joins(this.#person, this.#limits)).add(topic, data);
    void this.#ask(asks)?.catch(() => {}); // the render waits for all of them
  }

  /** Who is on what, as far as it has settled. */
  get joins(): readonly Join[] {
    return this.#joins?.all ?? nobody;
  }

  /** Done when all have been found out; `undefined` where they are already. Fails as {@linkcode add} does. */
  settle(): undefined | Promise<void> {
    return this.#asked === undefined ? undefined : this.#settle(this.#asked);
  }

  #ask(topic: Topic): undefined | Promise<void> {
    const asked = this.#asked ??= new Map();
    let allowed = asked.get(topic.name);
    if (allowed === undefined) {
      allowed = this.#allows(topic);
      asked.set(topic.name, allowed);
      if (allowed instanceof Promise) allowed.catch(() => {}); // whoever waits for it hears of it
    }
    return allowed instanceof Promise ? allowed.then(refuseUnless) : refuseUnless(allowed);
  }

  async #settle(asked: ReadonlyMap<string, boolean | Promise<boolean>>): Promise<void> {
    for (const allowed of asked.values()) refuseUnless(await allowed);
    await this.#joins?.settle();
  }
}

const none: readonly Topic[] = [];
/** Most renders are of pages on which nobody is seen. */
export const nobody: readonly Join[] = [];

function refuseUnless(allowed: boolean): undefined {
  if (!allowed) throw new HttpError(403, "This is not for you to see.");
}
