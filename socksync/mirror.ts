/**
 * What variables and lists of the other end have in common, as this end sees them.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { Schema } from "../protocol/schema.ts";
import { Code, type Frame, FrameError, type GroupType } from "./frames.ts";
import { Listeners } from "./listeners.ts";
import type { Status, Unsubscribe, Watched } from "./remote.ts";
import { SyncError } from "./sync_error.ts";

/** How what is remote reaches the other end. */
export interface MirrorMeans {
  readonly clock: Clock;
  /** Whether there is a line. */
  readonly isOpen: () => boolean;
  send(frame: Frame): void;
  /** Somebody's listener has failed. */
  failed(what: string, error: unknown): void;
  /** Is wanted no more. */
  drop(mirror: AnyMirror): void;
}

/** Something of the other end, whatever is in it. */
export interface AnyMirror {
  readonly name: string;
  readonly type: Exclude<GroupType, "function">;
  opened(): void;
  lost(): void;
  forget(error: SyncError): void;
  refused(code: number, message: string): void;
  handle(frame: Frame): void;
}

/** Somebody who has asked, and waits. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: SyncError) => void;
}

/** Milliseconds until whoever has asked is told that there is no answer. */
const DEADLINE = 30_000;

/** Something of the other end that can be looked at. */
export abstract class Mirror<T> implements Watched<T>, AnyMirror {
  readonly name: string;
  protected readonly means: MirrorMeans;
  readonly #schema: Schema | undefined;
  readonly #values: Listeners<T>;
  readonly #watchers: Listeners<void>;
  readonly #waiting = new Set<Waiting>();
  #status: Status = "loading";
  #error: SyncError | undefined;
  /** Why it is wanted no more. */
  #gone: SyncError | undefined;
  /** Whether the other end was told, on this line, that this one wants it. */
  #isSubscribed = false;

  constructor(name: string, means: MirrorMeans, schema: Schema | undefined) {
    this.name = name;
    this.means = means;
    this.#schema = schema;
    const failed = (error: unknown) => means.failed(`a listener of ${JSON.stringify(name)} failed`, error);
    this.#values = new Listeners(failed);
    this.#watchers = new Listeners(failed);
  }

  abstract readonly type: Exclude<GroupType, "function">;
  abstract readonly value: T;
  /** Whether there is something to be shown. */
  protected abstract readonly isKnown: boolean;
  /** The frame that asks for all of it. */
  protected abstract question(): Frame;
  /** Takes a frame of the other end about it. */
  protected abstract take(frame: Frame): void;

  get status(): Status {
    return this.#status;
  }

  get error(): SyncError | undefined {
    return this.#error;
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    const unsubscribe = this.#values.add(listener);
    if (this.isKnown) listener(this.value);
    return unsubscribe;
  }

  watch(listener: () => void): Unsubscribe {
    return this.#watchers.add(listener);
  }

  [Symbol.dispose](): void {
    this.forget(new SyncError("disconnected", `${this.name} was disposed of.`));
    if (this.#isSubscribed) this.means.send({ func: "unsubscribe", type: this.type, name: this.name });
    this.#isSubscribed = false;
    this.means.drop(this);
  }

  /** There is a line: subscribes, and asks. */
  opened(): void {
    this.#isSubscribed = true;
    this.means.send({ func: "subscribe", type: this.type, name: this.name });
    this.means.send(this.question());
  }

  /** The line is gone. */
  lost(): void {
    this.#isSubscribed = false;
    this.#fail(new SyncError("disconnected", `The line was lost before ${this.name} was answered.`));
    if (this.#status === "fresh") this.#become("stale");
  }

  /** Nobody wants it any more. */
  forget(error: SyncError): void {
    this.#gone = error;
    this.#fail(error);
    this.#values.clear();
    this.#watchers.clear();
  }

  /** The other end has answered that it cannot. That may be about what was asked before it could, and can again. */
  refused(code: number, message: string): void {
    const error = new SyncError("refused", message, code), isAsked = this.#waiting.size > 0;
    this.#fail(error);
    if (this.#status === "loading" || this.#status === "stale") this.#become("refused", error);
    else if (isAsked && code === Code.name) this.#become("refused", error);
  }

  /**
   * A frame of the other end about it.
   *
   * @throws FrameError
   */
  handle(frame: Frame): void {
    if (!this.#isSubscribed) throw new FrameError(Code.func, "Subscription required.");
    this.take(frame);
  }

  /** Asks, now or when there is a line. */
  protected ask(): Promise<void> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = this.means.clock.after(DEADLINE, () => {
      this.#waiting.delete(waiting);
      reject(new SyncError("timeout", `${this.name} has not come within ${DEADLINE} ms.`));
    });
    const waiting: Waiting = {
      resolve: () => (cancel(), resolve()),
      reject: (error) => (cancel(), reject(error)),
    };
    this.#waiting.add(waiting);
    if (this.means.isOpen()) this.means.send(this.question());
    return promise;
  }

  /** What was asked for is here. */
  protected answered(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { resolve } of waiting) resolve();
  }

  /** It is known now. */
  protected fresh(): void {
    this.#become("fresh", undefined, false);
  }

  /** It is another than before: everybody is told. */
  protected changed(): void {
    this.#values.tell(this.value);
    this.#watchers.tell();
  }

  /**
   * Reads a value, or an item.
   *
   * @throws FrameError for what its schema refuses
   */
  protected read(value: unknown, what: string): unknown {
    const result = this.#schema?.["~standard"].validate(value);
    if (result === undefined) return value;
    if (!(result instanceof Promise) && result.issues === undefined) return result.value;
    const error = result instanceof Promise
      ? new SyncError("invalid", `${this.name} has a schema that takes its time; it has to answer at once.`)
      : new SyncError("invalid", `${this.name} is not what it should be: ${result.issues![0]?.message}`);
    this.#fail(error);
    this.#become("refused", error);
    throw new FrameError(Code.other, `${what} is not valid.`);
  }

  #become(status: Status, error?: SyncError, isTold = true): void {
    this.#status = status;
    this.#error = error;
    if (isTold) this.#watchers.tell();
  }

  #fail(error: SyncError): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
