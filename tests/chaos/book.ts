/**
 * What became of each click, as its person has learnt it.
 *
 * @module
 */

/** A click of a person. */
export interface Click {
  readonly name: string;
  /** The room that heard of it, where it was said in one. */
  readonly room: string | undefined;
  readonly madeAt: number;
  /** Each outcome that the page told: there is to be one. */
  readonly outcomes: Outcome[];
}

/** What a person was told. */
export interface Outcome {
  /** `undefined`: it has happened; else the code of its error. */
  readonly code: string | undefined;
  readonly at: number;
}

/** All clicks of a run, by name. */
export class Book {
  readonly clicks = new Map<string, Click>();
  readonly #open = new Set<string>();

  /** A click is made. */
  made(name: string, room: string | undefined): void {
    this.clicks.set(name, { name, room, madeAt: performance.now(), outcomes: [] });
    this.#open.add(name);
  }

  /** Its person is told. */
  told(name: string, code: string | undefined): void {
    this.clicks.get(name)?.outcomes.push({ code, at: performance.now() });
    this.#open.delete(name);
  }

  /** Those whose persons have not been told anything. */
  get open(): readonly string[] {
    return [...this.#open];
  }
}
