/**
 * A variable of the other end.
 *
 * @module
 */

import { type Frame, needFields } from "./frames.ts";
import { Mirror } from "./mirror.ts";

/** Holds the newest value that was told; a `RemoteVariable`, whose listeners are never told `undefined`. */
export class VariableMirror<T> extends Mirror<T | undefined> {
  readonly type = "var";
  #value: T | undefined;
  #isKnown = false;

  get value(): T | undefined {
    return this.#value;
  }

  protected get isKnown(): boolean {
    return this.#isKnown;
  }

  async get(): Promise<T> {
    await this.ask();
    return this.#value as T;
  }

  protected question(): Frame {
    return { func: "get", type: this.type, name: this.name };
  }

  protected take(frame: Frame): void {
    needFields(frame, "value");
    this.#value = this.read(frame["value"], "value") as T;
    this.#isKnown = true;
    this.fresh();
    this.answered();
    this.changed();
  }
}
