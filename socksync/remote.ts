/**
 * What the other end owns, as this end sees it.
 *
 * @module
 */

import type { SyncError } from "./sync_error.ts";

/**
 * How well what is here is known: `loading` before the first answer; `fresh`; `stale` while the line is gone, until it is
 * back and the answer has come; `refused` where the other end does not have it, or not for us.
 *
 * @example
 * ```ts
 * import type { Status } from "@argyle/argyle/socksync";
 * const words: Record<Status, string> = { loading: "…", fresh: "", stale: "reconnecting", refused: "not available" };
 * ```
 */
export type Status = "loading" | "fresh" | "stale" | "refused";

/**
 * Ends a subscription, called or disposed of.
 *
 * @example
 * ```ts
 * import { connectSync } from "@argyle/argyle/client";
 * import type { Unsubscribe } from "@argyle/argyle/socksync";
 * function log(url: string): Unsubscribe {
 *   return connectSync(url).variable("price").subscribe((price) => console.log(price));
 * }
 * ```
 */
export type Unsubscribe = (() => void) & Disposable;

/**
 * What variables and lists have in common: they can be looked at, and watched. Signals and hooks need no more.
 *
 * @example
 * ```ts
 * import type { Watched } from "@argyle/argyle/socksync";
 * const show = (any: Watched<unknown>) => any.watch(() => console.log(any.name, any.status, any.value));
 * ```
 */
export interface Watched<T> extends Disposable {
  /** Its name, at the other end. */
  readonly name: string;
  /** How well it is known. */
  readonly status: Status;
  /** Why it is `refused`. */
  readonly error: SyncError | undefined;
  /** What it is, as far as that is known here: frozen in time, never changed in place. */
  readonly value: T;
  /** Calls back with every new value; at once where there is one already. */
  subscribe(listener: (value: T) => void): Unsubscribe;
  /** Calls back when anything has changed: value, status, page, count. */
  watch(listener: () => void): Unsubscribe;
  /** Is told no more of it, and forgets it. Asked for by its name once more, it is there again. */
  [Symbol.dispose](): void;
}

/**
 * A variable of the other end. It is one object for as long as the peer lives, however often the line is lost.
 *
 * @example
 * ```ts
 * import type { RemoteVariable } from "@argyle/argyle/socksync";
 * const fresh = async (price: RemoteVariable<number>) => (await price.get()).toFixed(2);
 * ```
 */
export interface RemoteVariable<T> extends Watched<T | undefined> {
  /** Calls back with every new value; at once where there is one already, and never before there is one. */
  subscribe(listener: (value: T) => void): Unsubscribe;
  /**
   * Asks for the value, whatever is known of it.
   *
   * @throws SyncError where it is refused, does not come in time, or the line is lost
   */
  get(): Promise<T>;
}

/**
 * A list of the other end: one page of it is here.
 *
 * @example
 * ```ts
 * import type { RemoteList } from "@argyle/argyle/socksync";
 * const next = (todos: RemoteList<string>) => todos.get({ page: todos.page + 1 });
 * ```
 */
export interface RemoteList<T> extends Watched<readonly T[]> {
  /** Which page is here, from 0. */
  readonly page: number;
  /** Items of a page: as asked for, or what the other end gives at most. */
  readonly pageSize: number;
  /** Items of the whole list. */
  readonly count: number;
  /** Pages of the whole list; one at least. */
  readonly pages: number;
  /**
   * Asks for a page, which is then the one that is here. A page beyond the last is the last.
   *
   * @param options `page`: this one where left out; `pageSize`: as many as before where left out
   * @throws SyncError where it is refused, does not come in time, or the line is lost
   */
  get(options?: { readonly page?: number; readonly pageSize?: number }): Promise<readonly T[]>;
}

/**
 * What a call may be told.
 *
 * @example
 * ```ts
 * import type { CallOptions } from "@argyle/argyle/socksync";
 * const patient: CallOptions = { timeout: 120_000, signal: AbortSignal.timeout(100_000) };
 * ```
 */
export interface CallOptions {
  /** Gives up; the call rejects with its reason. What runs at the other end is not stopped. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which it is given up; 30,000 where left out. */
  readonly timeout?: number;
}

/**
 * A function of the other end.
 *
 * @example
 * ```ts
 * import type { RemoteFunction } from "@argyle/argyle/socksync";
 * const three = (add: RemoteFunction<{ a: number; b: number }, number>) => add.call({ a: 1, b: 2 });
 * ```
 */
export interface RemoteFunction<Input, Result> extends Disposable {
  /** Its name, at the other end. */
  readonly name: string;
  /**
   * Calls it. Made while there is no line, it goes out when there is one. It is sent once: where the line is lost before the
   * answer has come, nobody knows whether it has run.
   *
   * @throws SyncError where it is refused or fails, is not answered in time, or the line is lost meanwhile
   */
  call(...input: CallInput<Input>): Promise<Result>;
}

/**
 * The arguments of a call: an object, which may be left out where it may be empty; and options.
 *
 * @example
 * ```ts
 * import type { CallInput } from "@argyle/argyle/socksync";
 * const needed: CallInput<{ title: string }> = [{ title: "Buy tea" }];
 * const nothing: CallInput<{ title?: string }> = [];
 * ```
 */
export type CallInput<Input> = Record<never, never> extends Input ? [input?: Input, options?: CallOptions]
  : [input: Input, options?: CallOptions];
