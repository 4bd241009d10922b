/**
 * Who is on which topic.
 *
 * @module
 */

import { Topic } from "./topic.ts";
import type { Topics } from "./topics.ts";

/**
 * Is told who comes and goes: by the pages of this isolate, and by a bus of those of others. A person may be on a topic
 * from several places, tabs for one, and is one person all the same.
 */
export interface PresenceFeed {
  /**
   * Somebody is on a topic, or is shown as something else from now on.
   *
   * @param person names who it is
   * @param place names where: a visit
   * @param text what they are shown as, as JSON
   */
  come(topic: string, person: string, place: string, text: string): void;
  /** Somebody is not on it any more, in that place. */
  go(topic: string, person: string, place: string): void;
}

/** Somebody who is on a topic. */
interface Person {
  /** What was said last, and what it was read as. */
  text: string;
  data: unknown;
  /** What was said in each place: only what is said anew counts. */
  readonly places: Map<string, string>;
}

/** The people on one topic. */
interface People {
  /** In the order in which they came. */
  readonly all: Map<string, Person>;
  /** The first of them, as they are shown; made when somebody asks. */
  list: readonly unknown[] | undefined;
}

/** The people on all topics of one app. */
export class Presence implements PresenceFeed {
  readonly #topics: Pick<Topics, "publish">;
  readonly #limit: number;
  readonly #people = new Map<string, People>();

  /** @param limit how many are shown of one topic */
  constructor(topics: Pick<Topics, "publish">, limit: number) {
    this.#topics = topics;
    this.#limit = limit;
  }

  /** On how many topics somebody is. */
  get size(): number {
    return this.#people.size;
  }

  /** What those are shown as who are on a topic, in the order in which they came; the first ones, where they are many. */
  on(topic: string): readonly unknown[] {
    const people = this.#people.get(topic);
    if (people === undefined) return nobody;
    return people.list ??= Object.freeze(
      Array.from(people.all.values().take(this.#limit), ({ data }) => data),
    );
  }

  come(topic: string, person: string, place: string, text: string): void {
    let people = this.#people.get(topic);
    if (people === undefined) this.#people.set(topic, people = { all: new Map(), list: undefined });
    const known = people.all.get(person);
    if (known === undefined) {
      people.all.set(person, { text, data: read(text), places: new Map([[place, text]]) });
      this.#changed(topic, people, people.all.size <= this.#limit);
      return;
    }
    if (known.places.get(place) === text) return;
    known.places.set(place, text);
    if (known.text === text) return;
    known.text = text;
    known.data = read(text);
    this.#changed(topic, people, this.#isShown(people, person));
  }

  go(topic: string, person: string, place: string): void {
    const people = this.#people.get(topic), known = people?.all.get(person);
    if (people === undefined || known === undefined || !known.places.delete(place)) return;
    if (known.places.size > 0) return; // what was said last is true in all of them
    const isShown = this.#isShown(people, person);
    people.all.delete(person);
    if (people.all.size === 0) this.#people.delete(topic);
    this.#changed(topic, people, isShown);
  }

  // Whoever comes and goes behind the last that is shown keeps nobody busy.
  #isShown({ all }: People, person: string): boolean {
    return all.size <= this.#limit || all.keys().take(this.#limit).some((shown) => shown === person);
  }

  #changed(topic: string, people: People, isShown: boolean): void {
    if (!isShown) return;
    people.list = undefined;
    this.#topics.publish(peopleName(topic));
  }
}

const nobody: readonly unknown[] = Object.freeze([]);

// Everybody is given the same.
function read(text: string): unknown {
  return JSON.parse(text, (_key, value) => Object.freeze(value));
}

/** Who is on a topic, as a topic of its own: it changes when they do. Who may see the one may see the other. */
export function peopleOf(topic: Topic): Topic {
  return new Topic(peopleName(topic.name), (context) => topic.allows(context));
}

/** Being on a topic, as one of its own: whoever asks for it, asks to join. */
export function joiningOf(topic: Topic): Topic {
  return new Topic(`${topic.name}~join`, (context) => topic.allows({ ...context, verb: "join" }));
}

// No name of a topic has that sign, and no broker a use for it.
function peopleName(topic: string): string {
  return `${topic}~people`;
}
