/**
 * What hooks and signals are given, with a test at the other end.
 *
 * @module
 */

import type { CallInput, RemoteFunction, RemoteList, RemoteVariable, Status } from "../../socksync/remote.ts";
import type { Unsubscribe } from "../../socksync/remote.ts";

/** What variables and lists have in common. Whatever is set is told. */
class WatchedDouble<T> {
  readonly name = "double";
  readonly error = undefined;
  readonly listeners = new Set<() => void>();
  #value: T;
  #status: Status = "loading";

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    this.tell();
  }

  get status(): Status {
    return this.#status;
  }

  set status(status: Status) {
    this.#status = status;
    this.tell();
  }

  tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  watch(listener: () => void): Unsubscribe {
    const own = () => listener();
    this.listeners.add(own);
    const end = () => void this.listeners.delete(own);
    return Object.assign(end, { [Symbol.dispose]: end });
  }

  subscribe(): never {
    throw new Error("What can be watched is watched.");
  }

  [Symbol.dispose](): void {}
}

/** A variable. */
export class VariableDouble<T> extends WatchedDouble<T | undefined> implements RemoteVariable<T> {
  get(): Promise<T> {
    throw new Error("Nobody asks.");
  }
}

/** A list. */
export class ListDouble<T> extends WatchedDouble<readonly T[]> implements RemoteList<T> {
  page = 0;
  pages = 1;
  pageSize = 10;
  count = 0;
  readonly asked: unknown[] = [];

  get(options?: { page?: number; pageSize?: number }): Promise<readonly T[]> {
    this.asked.push(options);
    return Promise.resolve(this.value);
  }
}

/** A function whose calls the test answers. */
export class FunctionDouble<Input, Result> implements RemoteFunction<Input, Result> {
  readonly name = "double";
  readonly calls: { input: unknown[]; resolve(value: Result): void; reject(error: unknown): void }[] = [];

  call(...input: CallInput<Input>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.calls.push({ input, resolve, reject });
    return promise;
  }

  [Symbol.dispose](): void {}
}
