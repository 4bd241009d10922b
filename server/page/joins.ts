/**
 * Who is on which topic, as one render says it.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import type { Limits } from "../../protocol/limits.ts";
import { issueFields, type SchemaResult } from "../../protocol/schema.ts";
import type { Joined } from "../bus/attendance.ts";
import { joiningOf } from "../bus/presence.ts";
import type { Topic } from "../bus/topic.ts";

/** Somebody is on a topic, as long as a page is open that shows this render. */
export interface Join extends Joined {
  /** Asks whether they may be: see `joiningOf`. */
  readonly asks: Topic;
}

/** Notes who joins what in one render. */
export class Joins {
  readonly #person: string;
  readonly #limits: Pick<Limits, "topics" | "presenceData">;
  readonly #names = new Set<string>();
  readonly #joins = new Map<string, Join>();
  readonly #reading = new Map<string, Promise<void>>();

  /** @param person names who it is */
  constructor(person: string, limits: Pick<Limits, "topics" | "presenceData">) {
    this.#person = person;
    this.#limits = limits;
  }

  /** All of them; those whose schema takes its time once it has settled. */
  get all(): readonly Join[] {
    return [...this.#joins.values()];
  }

  /**
   * Notes that the person is on a topic, shown as `data`; the last word counts.
   *
   * @returns what asks whether they may
   * @throws TypeError for a topic without presence, and data that its schema refuses or JSON cannot carry; RangeError for
   * data that is too large, and for one topic too many
   */
  add(topic: Topic, data: unknown): Topic {
    const { name, presence } = topic;
    if (presence === undefined) throw new TypeError(`Cannot join ${name}: the topic has no presence.`);
    const { topics } = this.#limits;
    if (this.#names.add(name).size > topics) {
      throw new RangeError(`Cannot join ${name}: a page joins at most ${topics} topics.`);
    }
    const asks = joiningOf(topic);
    const take = (result: SchemaResult<unknown>) => {
      this.#joins.set(name, { name, person: this.#person, text: this.#write(name, result), asks });
    };
    const result = presence["~standard"].validate(data);
    if (!(result instanceof Promise)) {
      take(result);
      this.#reading.delete(name);
      return asks;
    }
    const reading = result.then((result) => {
      if (this.#reading.get(name) === reading) take(result);
    });
    reading.catch(() => {}); // whoever waits for it hears of it
    this.#reading.set(name, reading);
    return asks;
  }

  /** Done when all schemas have answered; `undefined` where they have. Fails as {@linkcode add} does. */
  settle(): undefined | Promise<void> {
    if (this.#reading.size === 0) return undefined;
    return Promise.all(this.#reading.values()).then(() => {});
  }

  #write(name: string, result: SchemaResult<unknown>): string {
    if (result.issues !== undefined) {
      const [[field, message] = ["", ""]] = Object.entries(issueFields(result.issues));
      throw new TypeError(`Cannot join ${name}: ${field === "" ? message : `${field}: ${message}`}`);
    }
    const text = canonicalJson(result.value), { length } = new TextEncoder().encode(text);
    const { presenceData } = this.#limits;
    if (length > presenceData) {
      throw new RangeError(
        `Cannot join ${name}: what a person is shown as has ${length} bytes of at most ${presenceData} (limits.presenceData).`,
      );
    }
    return text;
  }
}
