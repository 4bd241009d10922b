/**
 * Who is on topics in other isolates, and telling those who is in this one.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Notice, Present } from "./notice.ts";
import type { Presence, PresenceFeed } from "./presence.ts";

/** Milliseconds between two signs of life, while somebody is on a topic anywhere. */
const BEAT = 1000;

/** An isolate that has said nothing for so long is dead: with a beat more, its people are gone within five seconds. */
const DEAD = 3500;

/** Milliseconds in which everybody who asks who is there is answered once. */
const ANSWER = 100;

/** Characters of people in one message: with what stands around them, the smallest store of messages has room for it. */
const ROOM = 24_000;

/** Another isolate. */
interface Isolate {
  /** When it has said something last, by our clock. */
  heardAt: number;
  /** Of how many who came or went we have heard; `undefined` where some may have been missed. */
  told: number | undefined;
  /** Its people. */
  people: Map<string, Present>;
  /** What it has listed so far. */
  list: Map<string, Present> | undefined;
}

/** What it works with. */
export interface ElsewhereMeans {
  /** Names this isolate. */
  readonly isolate: string;
  /** Is told of everybody, wherever they are. */
  readonly presence: PresenceFeed & Pick<Presence, "on">;
  readonly clock: Clock;
  /** Tells the other isolates. */
  send(...notices: readonly Notice[]): void;
}

/**
 * Who is on topics, here and in other isolates. It is told by the pages of this isolate who comes and goes; what others
 * say, it hears. Nothing is said while nobody is on a topic, and there is no timer then.
 */
export class Elsewhere implements PresenceFeed {
  readonly #means: ElsewhereMeans;
  /** Those here. */
  readonly #people = new Map<string, Present>();
  readonly #isolates = new Map<string, Isolate>();
  /** Of how many who came or went the others were told. */
  #told = 0;
  /** When we have heard ourselves last: where we do not, nobody else can be heard either. */
  #echoAt: number;
  #cancel: (() => void) | undefined;
  #cancelAnswer: (() => void) | undefined;
  #isOver = false;

  constructor(means: ElsewhereMeans) {
    this.#means = means;
    this.#echoAt = means.clock.now();
  }

  /** How many other isolates have somebody on a topic. */
  get size(): number {
    return this.#isolates.size;
  }

  /** What those are shown as who are on a topic: see {@linkcode Presence.on}. */
  on(topic: string): readonly unknown[] {
    return this.#means.presence.on(topic);
  }

  /** The bus is there: everybody is asked. */
  begin(): void {
    this.#means.send(["who"]);
  }

  come(topic: string, person: string, place: string, text: string): void {
    this.#means.presence.come(topic, person, place, text);
    const key = keyOf(topic, person, place);
    if (this.#people.get(key)?.[3] === text) return;
    this.#people.set(key, [topic, person, place, text]);
    this.#told++;
    this.#means.send(["come", topic, person, place, text]);
    this.#beat();
  }

  go(topic: string, person: string, place: string): void {
    this.#means.presence.go(topic, person, place);
    if (!this.#people.delete(keyOf(topic, person, place))) return;
    this.#told++;
    if (!this.#isOver) this.#means.send(["go", topic, person, place]);
  }

  /** An isolate has said something; or this one, and it has come back. */
  hear(notice: Notice, from: string): void {
    const { clock, isolate } = this.#means, now = clock.now();
    if (from === isolate) {
      // After an outage everybody has the time to be heard again.
      if (now - this.#echoAt > 2 * BEAT) { for (const other of this.#isolates.values()) other.heardAt = now; }
      this.#echoAt = now;
      return;
    }
    switch (notice[0]) {
      case "who":
        return this.#answerSoon();
      case "here":
        return notice[2] === 0 ? this.#forget(from) : this.#hereIs(from, notice[1]);
      case "all":
        return this.#list(from, notice[1], notice[2], notice[3]);
      case "come": {
        const [, topic, person, place, text] = notice;
        return this.#change(from, (people) => {
          people.set(keyOf(topic, person, place), [topic, person, place, text]);
          this.#means.presence.come(topic, person, `${from} ${place}`, text);
        });
      }
      case "go": {
        const [, topic, person, place] = notice;
        return this.#change(from, (people) => {
          people.delete(keyOf(topic, person, place));
          this.#means.presence.go(topic, person, `${from} ${place}`);
        });
      }
    }
  }

  /** Something may have been missed. */
  gap(): void {
    for (const isolate of this.#isolates.values()) isolate.told = undefined;
    this.#means.send(["who"]);
  }

  /**
   * This isolate ends. Nothing is said about it: its people come back elsewhere in a moment, and until they have, or
   * until it is seen that they do not, they are there.
   */
  end(): void {
    this.#isOver = true;
    this.#cancel?.();
    this.#cancelAnswer?.();
  }

  #isolate(from: string): Isolate {
    let isolate = this.#isolates.get(from);
    if (isolate === undefined) {
      isolate = { heardAt: 0, told: 0, people: new Map(), list: undefined };
      this.#isolates.set(from, isolate);
    }
    isolate.heardAt = this.#means.clock.now();
    this.#beat();
    return isolate;
  }

  #change(from: string, change: (people: Map<string, Present>) => void): void {
    const isolate = this.#isolate(from);
    if (isolate.told !== undefined) isolate.told++;
    change(isolate.people);
  }

  #hereIs(from: string, told: number): void {
    const isolate = this.#isolate(from);
    if (isolate.told === told) return;
    isolate.told = told; // it answers everybody, so that one question is enough
    this.#means.send(["who"]);
  }

  #list(from: string, told: number, isLast: boolean, present: readonly Present[]): void {
    const isolate = this.#isolate(from), list = isolate.list ??= new Map();
    for (const one of present) list.set(keyOf(one[0], one[1], one[2]), one);
    if (!isLast) return;
    if (list.size === 0) return this.#forget(from);
    const before = isolate.people, { presence } = this.#means;
    isolate.people = list;
    isolate.list = undefined;
    isolate.told = told;
    for (const [topic, person, place, text] of list.values()) {
      presence.come(topic, person, `${from} ${place}`, text);
    }
    for (const [key, [topic, person, place]] of before) {
      if (!list.has(key)) presence.go(topic, person, `${from} ${place}`);
    }
  }

  // However many ask at once, and they do where all start: everybody hears the answer.
  #answerSoon(): void {
    if (this.#people.size === 0 || this.#isOver) return;
    this.#cancelAnswer ??= this.#means.clock.after(ANSWER * Math.random(), () => {
      this.#cancelAnswer = undefined;
      this.#answer();
    });
  }

  #answer(): void {
    let some: Present[] = [], room = ROOM;
    for (const one of this.#people.values()) {
      const length = one.reduce((sum, text) => sum + text.length, 0);
      if (length > room && some.length > 0) {
        this.#means.send(["all", this.#told, false, some]);
        some = [];
        room = ROOM;
      }
      some.push(one);
      room -= length;
    }
    this.#means.send(["all", this.#told, true, some]);
  }

  // One timer, while there is anybody.
  #beat(): void {
    if (this.#cancel !== undefined || this.#isOver) return;
    if (this.#people.size === 0 && this.#isolates.size === 0) return;
    this.#cancel = this.#means.clock.after(BEAT, () => {
      this.#cancel = undefined;
      this.#means.send(["here", this.#told, this.#people.size]);
      this.#bury();
      this.#beat();
    });
  }

  #bury(): void {
    const now = this.#means.clock.now();
    if (now - this.#echoAt > 2 * BEAT) return; // it is the bus that is away, not they
    for (const [name, { heardAt }] of this.#isolates) if (now - heardAt >= DEAD) this.#forget(name);
  }

  // It has nobody, or is dead.
  #forget(name: string): void {
    const people = this.#isolates.get(name)?.people.values() ?? [];
    this.#isolates.delete(name);
    for (const [topic, person, place] of people) this.#means.presence.go(topic, person, `${name} ${place}`);
  }
}

// None of the three has a line break in it but, perhaps, the person, who stands last.
function keyOf(topic: string, person: string, place: string): string {
  return `${topic}\n${place}\n${person}`;
}
