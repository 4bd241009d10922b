/**
 * Hooks for Preact: components that show what the other end of a SockSync connection owns, and call its functions, or
 * show what a call will do before it is done. On the server they give what is known there, and do nothing else.
 *
 * ```tsx
 * import { anyone, App } from "@argyle/argyle";
 * import { connectSync } from "@argyle/argyle/client";
 * import { useList, useRemoteFunction, useVariable } from "@argyle/argyle/preact";
 * import { action, list, variable } from "@argyle/argyle/socksync";
 * import { z } from "zod";
 *
 * const shop = new App().sync("/ws/shop", {
 *   stock: variable(0),
 *   products: list(["tea", "milk"]),
 *   reserve: action(z.object({ index: z.int() }), ({ index }) => ({ left: 10 - index })),
 * }, { authorize: anyone });
 *
 * // In the browser; of the server there is the type alone.
 * type Shop = typeof shop;
 * const connect = () => connectSync<Shop>("/ws/shop");
 *
 * function Products({ peer }: { peer: ReturnType<typeof connect> }) {
 *   const stock = useVariable(peer.variable("stock"));
 *   const { value, page, pages, get } = useList(peer.list("products", { pageSize: 10 }));
 *   const { call, pending, error } = useRemoteFunction(peer.function("reserve"));
 *   return (
 *     <section>
 *       <output>{stock ?? "…"}</output>
 *       {value.map((name, index) => <button onClick={() => void call({ index })}>{name}</button>)}
 *       <button disabled={page + 1 >= pages} onClick={() => void get({ page: page + 1 })}>Next</button>
 *       {pending > 0 ? "Reserving…" : error?.message}
 *     </section>
 *   );
 * }
 * ```
 *
 * @module
 */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { CallInput, RemoteFunction, RemoteList, Status, Watched } from "../socksync/remote.ts";
import { OptimisticCalls } from "./optimistic.ts";
import { RemoteCalls } from "./sync_calls.ts";
import { type Readable, watch } from "./sync_readable.ts";

export type { Readable } from "./sync_readable.ts";

/**
 * What a variable is; the component is drawn again when that is another value.
 *
 * @param variable of the other end, or one's own; it may be another at each render
 * @returns `undefined` for a variable of the other end of which nothing is known yet
 *
 * @example
 * ```tsx
 * import { useVariable } from "@argyle/argyle/preact";
 * import type { RemoteVariable } from "@argyle/argyle/socksync";
 * function Price({ price }: { price: RemoteVariable<number> }) {
 *   const value = useVariable(price);
 *   return <output>{value === undefined ? "…" : value.toFixed(2)}</output>;
 * }
 * ```
 */
export function useVariable<T>(variable: Readable<T>): T {
  useChanges(variable, () => [variable.value]);
  return variable.value;
}

/**
 * How well a variable or a list is known; the component is drawn again when that changes.
 *
 * @example
 * ```tsx
 * import { useStatus, useVariable } from "@argyle/argyle/preact";
 * import type { RemoteVariable } from "@argyle/argyle/socksync";
 * function Price({ price }: { price: RemoteVariable<number> }) {
 *   return <output class={useStatus(price)}>{useVariable(price)}</output>;
 * }
 * ```
 */
export function useStatus(watched: Watched<unknown>): Status {
  useChanges(watched, () => [watched.status]);
  return watched.status;
}

/**
 * A list of the other end, as a component shows it.
 *
 * @example
 * ```tsx
 * import type { ListView } from "@argyle/argyle/preact";
 * const Pages = ({ of: { page, pages } }: { of: ListView<unknown> }) => <p>{page + 1} of {pages}</p>;
 * ```
 */
export interface ListView<T> {
  /** The items of the page. */
  readonly value: readonly T[];
  /** Which page it is, from 0. */
  readonly page: number;
  /** Pages of the whole list; one at least. */
  readonly pages: number;
  /** Items of the whole list. */
  readonly count: number;
  /** Items of a page. */
  readonly pageSize: number;
  /** How well all of it is known. */
  readonly status: Status;
  /**
   * Shows another page. It is the same function at each render of the same list.
   *
   * @throws SyncError as `RemoteList.get`
   */
  readonly get: RemoteList<T>["get"];
}

/**
 * The page of a list that is here; the component is drawn again when anything of it changes.
 *
 * @param list may be another at each render
 *
 * @example
 * ```tsx
 * import { useList } from "@argyle/argyle/preact";
 * import type { RemoteList } from "@argyle/argyle/socksync";
 * function Names({ names }: { names: RemoteList<string> }) {
 *   const { value, count, status } = useList(names);
 *   return <ul class={status} title={`${count}`}>{value.map((name) => <li>{name}</li>)}</ul>;
 * }
 * ```
 */
export function useList<T>(list: RemoteList<T>): ListView<T> {
  useChanges(list, () => [list.value, list.page, list.pages, list.count, list.pageSize, list.status]);
  const get = useCallback<ListView<T>["get"]>((options) => list.get(options), [list]);
  const { value, page, pages, count, pageSize, status } = list;
  return { value, page, pages, count, pageSize, status, get };
}

/**
 * A function of the other end, as a component calls it.
 *
 * @example
 * ```tsx
 * import type { FunctionView } from "@argyle/argyle/preact";
 * const Outcome = ({ of: { pending, error, value } }: { of: FunctionView<never, string> }) => (
 *   <p>{pending > 0 ? "…" : error?.message ?? value}</p>
 * );
 * ```
 */
export interface FunctionView<Input, Result> {
  /**
   * Calls it. It is the same function at each render. Whoever shows `error` need not catch what it rejects with.
   *
   * @throws SyncError as `RemoteFunction.call`
   */
  readonly call: (...input: CallInput<Input>) => Promise<Result>;
  /** Calls of this component that are under way. */
  readonly pending: number;
  /** Why the newest call that has ended has failed. */
  readonly error: Error | undefined;
  /** What the newest call that has ended has given. */
  readonly value: Result | undefined;
}

/**
 * Calls a function of the other end; the component is drawn again when a call begins or ends. Of two calls the outcome of
 * the one that was made later stays, whichever ends first.
 *
 * @param remote may be another at each render
 *
 * @example
 * ```tsx
 * import { useRemoteFunction } from "@argyle/argyle/preact";
 * import type { RemoteFunction } from "@argyle/argyle/socksync";
 * function Refill({ refill }: { refill: RemoteFunction<{ by: number }, string> }) {
 *   const { call, pending, value } = useRemoteFunction(refill);
 *   return <button disabled={pending > 0} onClick={() => void call({ by: 10 })}>{value ?? "Refill"}</button>;
 * }
 * ```
 */
export function useRemoteFunction<Input, Result>(
  remote: RemoteFunction<Input, Result>,
): FunctionView<Input, Result> {
  const draw = useDraw();
  const calls = useRef<RemoteCalls<Input, Result>>(null);
  const own = calls.current ??= new RemoteCalls<Input, Result>(draw);
  own.remote = remote;
  useEffect(() => own.begin(), [own]);
  const { call, pending, error, value } = own;
  return { call, pending, error, value };
}

/**
 * Shows what a call will do before the server has answered. Calls that are under way are done to whatever the value is, in
 * their order: also to one that the server brings meanwhile. A call that is done, or has failed, is left out, so that what
 * is shown is the server's value again. The server brings that before it tells the outcome.
 *
 * @param value the server's
 * @param call an action of a reflex, or another function; it may be another at each render
 * @param reduce what the value is after a call with this input. It changes nothing, and is asked at each render
 * @returns what to show; and the function that calls, the same at each render. Its promise is that of `call`. Nobody
 * needs to catch what it rejects with: what was shown is taken back in any case
 *
 * @example
 * ```tsx
 * import { action, Reflex } from "@argyle/argyle";
 * import { reflex } from "@argyle/argyle/client";
 * import { useOptimistic } from "@argyle/argyle/preact";
 * import { z } from "zod";
 * class Dashboard extends Reflex {
 *   mark = action(z.object({ index: z.int(), value: z.number() }), () => {});
 * }
 * function Chart({ values }: { values: number[] }) {
 *   const [shown, mark] = useOptimistic(
 *     values,
 *     reflex<Dashboard>("Dashboard").mark,
 *     (values, { index, value }) => values.with(index, value),
 *   );
 *   return shown.map((value, index) => <meter value={value} onClick={() => void mark({ index, value: 0 })} />);
 * }
 * ```
 */
export function useOptimistic<Value, Call extends (...input: never) => Promise<unknown>>(
  value: Value,
  call: Call,
  reduce: (value: NoInfer<Value>, ...input: Parameters<Call>) => NoInfer<Value>,
): readonly [shown: Value, call: (...input: Parameters<Call>) => ReturnType<Call>] {
  const draw = useDraw();
  const calls = useRef<OptimisticCalls<Value, Call>>(null);
  const own = calls.current ??= new OptimisticCalls<Value, Call>(draw);
  own.newest = { call, reduce };
  useEffect(() => own.begin(), [own]);
  return [own.shown(value), own.call];
}

/** Draws the component again. */
function useDraw(): () => void {
  const [, set] = useState<unknown>();
  return useCallback(() => set({}), []);
}

/**
 * Draws the component again when something is not what it was when it was drawn: also what has changed after that, and
 * before anybody listened.
 */
function useChanges<T>(readable: Readable<T> | Watched<T>, read: () => readonly unknown[]): void {
  const draw = useDraw();
  const newest = useRef<{ read: () => readonly unknown[]; drawn: readonly unknown[] }>(null!);
  newest.current = { read, drawn: read() };
  useEffect(() => {
    const look = () => {
      const { read, drawn } = newest.current;
      if (read().some((part, i) => !Object.is(part, drawn[i]))) draw();
    };
    const end = watch(readable, look);
    look();
    return end;
  }, [readable]);
}
