/**
 * Groups by their names, and what their types are to the other end.
 *
 * @module
 */

import type { Action } from "../protocol/action.ts";
import type { Schema } from "../protocol/schema.ts";
import type { List } from "./list.ts";
import type { RemoteFunction, RemoteList, RemoteVariable, Unsubscribe } from "./remote.ts";
import type { Variable } from "./variable.ts";

/**
 * Something that an end owns and the other may have: a variable, a list, or a function behind a schema, which is given what
 * is known of the caller.
 *
 * @example
 * ```ts
 * import { action } from "@argyle/argyle";
 * import { type Group, list, variable } from "@argyle/argyle/socksync";
 * import { z } from "zod";
 * const groups: Group[] = [variable(1), list(["tea"]), action(z.object({}), () => "hello")];
 * ```
 */
export type Group<Context = never> =
  // deno-lint-ignore no-explicit-any -- whatever is in it
  | Variable<any>
  // deno-lint-ignore no-explicit-any
  | List<any>
  // deno-lint-ignore no-explicit-any
  | Action<any, any, Context>;

/**
 * Groups by their names: one object, whose type the other end has.
 *
 * @example
 * ```ts
 * import { type Groups, variable } from "@argyle/argyle/socksync";
 * const groups: Groups = { price: variable(42) };
 * ```
 */
export type Groups<Context = never> = { readonly [name: string]: Group<Context> };

/**
 * The groups of what `app.sync()` gives, or of an object of groups: what `connectSync<typeof sync>` works out by itself.
 *
 * @example
 * ```ts
 * import { type GroupsOf, type SyncPeer, variable } from "@argyle/argyle/socksync";
 * const groups = { price: variable(42) };
 * const show = (peer: SyncPeer<GroupsOf<typeof groups>>) => peer.variable("price").value?.toFixed(2);
 * ```
 */
export type GroupsOf<T> = T extends { readonly "~groups"?: infer G } ? NonNullable<G> : T;

/**
 * What an end has, to the other: the types of its variables, of the items of its lists, and of arguments and results of its
 * functions, each by their names. Where the groups are not known, any name may be there, and what it has is `unknown`.
 *
 * @example
 * ```ts
 * import { type Kinds, list, variable } from "@argyle/argyle/socksync";
 * const groups = { price: variable(42), todos: list(["Buy tea"]) };
 * const names: (keyof Kinds<typeof groups>["variables"])[] = ["price"];
 * const item: Kinds<typeof groups>["lists"]["todos"] = "Boil water";
 * ```
 */
export type Kinds<G> = unknown extends G ? {
    variables: Record<string, unknown>;
    lists: Record<string, unknown>;
    inputs: Record<string, Record<string, unknown>>;
    results: Record<string, unknown>;
  }
  : {
    variables: {
      // deno-lint-ignore no-explicit-any -- whatever is in it
      [K in keyof G as G[K] extends Variable<any> ? K : never]: G[K] extends Variable<infer T> ? T : never;
    };
    // deno-lint-ignore no-explicit-any
    lists: { [K in keyof G as G[K] extends List<any> ? K : never]: G[K] extends List<infer T> ? T : never };
    inputs: {
      // deno-lint-ignore no-explicit-any
      [K in keyof G as G[K] extends Action<any, any, any> ? K : never]: G[K] extends
        { readonly "~types"?: { readonly input: infer I } } ? I : never;
    };
    results: {
      // deno-lint-ignore no-explicit-any
      [K in keyof G as G[K] extends Action<any, any, any> ? K : never]: G[K] extends
        { readonly "~types"?: { readonly result: infer R } } ? R : never;
    };
  };

/**
 * The other end of a line: what it owns, and what it is given. It is one object for as long as this end wants it, however
 * often the line is lost. Both ends have one: a server has one for each that has connected.
 *
 * What the other end says is a stranger's word; where that matters, a schema reads it.
 *
 * @example
 * ```ts
 * import { connectSync } from "@argyle/argyle/client";
 * import { list, type SyncPeer, variable } from "@argyle/argyle/socksync";
 * const groups = { price: variable(42), todos: list(["Buy tea"]) };
 * function show(peer: SyncPeer<typeof groups>) {
 *   peer.variable("price").subscribe((price) => console.log(price.toFixed(2)));
 *   peer.list("todos", { pageSize: 10 }).subscribe((todos) => console.log(todos.join()));
 * }
 * const start = () => show(connectSync<typeof groups>("wss://example.com/ws/socksync"));
 * ```
 */
export interface SyncPeer<Theirs = unknown> extends Disposable {
  /** Whether there is a line now. */
  readonly isOpen: boolean;
  /**
   * A variable of the other end. Asked for, it is subscribed to, until it is disposed of; the same name gives the same object.
   *
   * @param options `schema` reads each value: what it refuses is not taken over
   */
  variable<K extends string & keyof Kinds<Theirs>["variables"]>(
    name: K,
    options?: { readonly schema?: Schema<unknown, Kinds<Theirs>["variables"][K]> },
  ): RemoteVariable<Kinds<Theirs>["variables"][K]>;
  /**
   * A list of the other end, of which one page is here. Asked for, it is subscribed to, until it is disposed of; the same
   * name gives the same object.
   *
   * @param options `pageSize`: items of a page, as many as the other end gives at most where left out; `page`, from 0;
   * `schema` reads each item
   * @throws TypeError where it is here with another `pageSize`: `list.get({ pageSize })` changes it
   */
  list<K extends string & keyof Kinds<Theirs>["lists"]>(
    name: K,
    options?: {
      readonly page?: number;
      readonly pageSize?: number;
      readonly schema?: Schema<unknown, Kinds<Theirs>["lists"][K]>;
    },
  ): RemoteList<Kinds<Theirs>["lists"][K]>;
  /**
   * A function of the other end.
   *
   * @param options `output` reads what it returns
   */
  function<K extends string & keyof Kinds<Theirs>["inputs"] & keyof Kinds<Theirs>["results"]>(
    name: K,
    options?: { readonly output?: Schema<unknown, Kinds<Theirs>["results"][K]> },
  ): RemoteFunction<Kinds<Theirs>["inputs"][K], Kinds<Theirs>["results"][K]>;
  /**
   * Gives the other end groups of this one.
   *
   * @throws TypeError for a name that is taken, and for more groups than `limits.syncGroups`
   */
  own(groups: Groups): void;
  /** Calls back when the line has come or gone. */
  watch(listener: () => void): Unsubscribe;
  /** Ends it: what is under way rejects, and nothing is sent or heard any more. */
  close(): void;
}
