/**
 * A value that others see change.
 *
 * @module
 */

import type { Schema } from "../protocol/schema.ts";
import { checkValue } from "./check_value.ts";
import { addDoor, type Authorize, type GroupContext, GroupTopic, isAllowed } from "./group.ts";
import { Listeners } from "./listeners.ts";
import { type Maybe, then } from "./maybe.ts";
import { encode, quote, type Reader } from "./reader.ts";
import type { Unsubscribe } from "./remote.ts";

/**
 * What a variable may declare.
 *
 * @example
 * ```ts
 * import { variable, type VariableOptions } from "@argyle/argyle/socksync";
 * import { z } from "zod";
 * const positive: VariableOptions<number> = { schema: z.number().positive() };
 * const price = variable(42, positive);
 * ```
 */
export interface VariableOptions<T> {
  /** Checks each new value, and may make another of it. */
  readonly schema?: Schema<unknown, T> | Schema<T, T>;
  /** Whether somebody may see it; everybody may whom the endpoint lets in where left out. */
  readonly authorize?: Authorize;
}

/** Where the value of a variable is, and how it is changed. */
export interface VariableHome<T> {
  /** Changes the value by one compare-and-set; done when it is changed, and gives what it is. */
  update(change: (value: T) => T | Promise<T>): Promise<T>;
}

/** Gives a variable its name as a topic, and another home. */
export let attachVariable: <T>(variable: Variable<T>, name: string, home: VariableHome<T>) => void;

/** A variable has another value, which is this as JSON: everybody is told who sees it here. */
export let setVariable: <T>(variable: Variable<T>, value: T, json: string) => void;

/** Whether it is part of an app. */
export let isAttached: (variable: Variable<unknown>) => boolean;

/**
 * A value that others see change: those who subscribe to it over SockSync, and pages that name it as a topic. As a group of
 * `app.sync` it has one value on all isolates, and outlives them where the app's store does; anywhere else it lives in this
 * program.
 *
 * @example
 * ```ts
 * import { variable, type Variable } from "@argyle/argyle/socksync";
 * const price: Variable<number> = variable(42);
 * await price.update((value) => value + 1);
 * console.assert(price.value === 43);
 * ```
 */
export class Variable<T> {
  /** What kind of group it is, as frames say it. */
  readonly type = "var";
  /** Nobody can be on it. */
  readonly presence: undefined;
  readonly #schema: Schema | undefined;
  readonly #authorize: Authorize | undefined;
  readonly #topic = new GroupTopic();
  readonly #listeners = new Listeners<T>((error) => reportError(error));
  readonly #readers = new VariableReaders(() => this.#value);
  #value: T;
  #home: VariableHome<T> = { update: (change) => this.#updateHere(change) };
  #turn: Promise<unknown> = Promise.resolve();

  static {
    attachVariable = (variable, name, home) => {
      variable.#topic.name = name;
      variable.#home = home;
    };
    setVariable = (variable, value, json) => variable.#become(value, json);
    isAttached = (variable) => variable.#topic.isNamed;
  }

  /** Use {@linkcode variable}. */
  constructor(value: T, options: VariableOptions<T> = {}) {
    this.#value = value;
    this.#schema = options.schema;
    this.#authorize = options.authorize;
    const { type } = this, readers = this.#readers;
    addDoor(this, {
      type,
      authorize: options.authorize,
      join: (name, reader) => readers.join(name, reader),
      leave: (name, reader) => readers.leave(name, reader),
      show: (_frame, name, reader) => readers.show(name, reader),
    });
  }

  /** What it is, as far as this isolate has heard. Not to be changed in place: {@linkcode Variable.update}. */
  get value(): T {
    return this.#value;
  }

  /** Its name as a topic; throws where it is not part of an app. */
  get name(): string {
    return this.#topic.name;
  }

  /** Whether somebody may see it, as a topic. */
  allows(context: GroupContext): boolean | Promise<boolean> {
    return isAllowed(this.#authorize, context, "subscribe");
  }

  /**
   * Gives it another value.
   *
   * @throws TypeError for a value that its schema refuses; what the app's store throws
   */
  async set(value: T): Promise<void> {
    await this.update(() => value);
  }

  /**
   * Changes its value by one compare-and-set, so that of two changes at once none is lost.
   *
   * @param change gets the value, gives the new one. Where somebody else was quicker it is called again with the newer value.
   * What it throws, `update` throws, and nothing has changed. Other changes of the variable wait for it: as a group of an app
   * it has 10 s, and must not change the same variable itself
   * @returns the new value
   * @throws TypeError for a value that its schema refuses; what the app's store throws
   */
  async update(change: (value: T) => T | Promise<T>): Promise<T> {
    // What is there at once is taken at once: a thousand variables that are set together are as many updates.
    return await this.#home.update((value) =>
      then(change(value), (next) => checkValue(this.#schema, next, "The value") as Maybe<T>)
    );
  }

  /** Calls back with its value: at once, and whenever it changes. */
  subscribe(listener: (value: T) => void): Unsubscribe {
    const unsubscribe = this.#listeners.add(listener);
    listener(this.#value);
    return unsubscribe;
  }

  // One after another: between reading and writing, nobody else writes.
  #updateHere(change: (value: T) => T | Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      const next = await change(this.#value);
      this.#become(next);
      return next;
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #become(value: T, json?: string): void {
    const encoded = json ?? encode(value); // where JSON has no words for it, nothing has changed
    this.#value = value;
    this.#readers.tell(encoded);
    this.#listeners.tell(value);
  }
}

/**
 * Declares a variable.
 *
 * @param value what it is at first; where the app's store has a value, that
 * @param options a schema for its values, who may see it
 *
 * @example
 * ```tsx
 * import { anyone, App, Live } from "@argyle/argyle";
 * import { variable } from "@argyle/argyle/socksync";
 * const price = variable(42);
 * const app = new App();
 * app.sync("/ws/prices", { price }, { authorize: anyone });
 * app.page("/", () => <Live topic={price}>{() => <output>{price.value}</output>}</Live>);
 * ```
 */
export function variable<T>(value: T, options?: VariableOptions<T>): Variable<T> {
  return new Variable<T>(value, options);
}

/** Somebody who sees a variable, by the name under which they do. */
interface Seeing {
  readonly name: string;
  readonly reader: Reader;
  /** Whether they are behind, and get the newest value when they are not. */
  isLate: boolean;
}

/** Those who see a variable here. */
class VariableReaders {
  readonly #value: () => unknown;
  readonly #byName = new Map<string, Map<Reader, Seeing>>();

  constructor(value: () => unknown) {
    this.#value = value;
  }

  join(name: string, reader: Reader): void {
    const readers = this.#byName.get(name) ?? new Map<Reader, Seeing>();
    this.#byName.set(name, readers.set(reader, { name, reader, isLate: false }));
  }

  leave(name: string, reader: Reader): void {
    const readers = this.#byName.get(name);
    if (readers?.delete(reader) && readers.size === 0) this.#byName.delete(name);
  }

  /** Tells one of them the value. */
  show(name: string, reader: Reader): void {
    reader.send(setFrame(name, encode(this.#value())));
  }

  /** Tells all of them the value, which was encoded once for all. */
  tell(encoded: string): void {
    for (const [name, readers] of this.#byName) {
      const text = setFrame(name, encoded);
      for (const seeing of readers.values()) if (!this.#isLate(seeing)) seeing.reader.send(text);
    }
  }

  #isLate(seeing: Seeing): boolean {
    if (seeing.isLate) return true;
    return seeing.isLate = seeing.reader.isBehind(() => {
      seeing.isLate = false;
      const { name, reader } = seeing;
      if (this.#byName.get(name)?.get(reader) === seeing && !this.#isLate(seeing)) this.show(name, reader);
    });
  }
}

function setFrame(name: string, json: string): string {
  return `{"func":"set","type":"var","name":${quote(name)},"value":${json}}`;
}
