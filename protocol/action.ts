/**
 * A function behind a schema.
 *
 * @module
 */

import type { Schema, SchemaInput, SchemaOutput } from "./schema.ts";

/**
 * What {@linkcode action} gives: a function behind a schema. It takes from strangers whatever passes; who may call it
 * is decided by where it stands.
 *
 * @example
 * ```ts
 * import { action } from "@argyle/argyle";
 * import type { Action } from "@argyle/argyle/types";
 * import { z } from "zod";
 * const count: Action<string, number> = action(z.string().max(80), (text) => text.length);
 * ```
 */
export interface Action<Input = unknown, Result = unknown, Context = unknown, Event = unknown> {
  /** Says what input reads. */
  readonly schema: Schema;
  /** The function. */
  readonly run: (input: never, context: Context) => unknown;
  /** The rest of what was declared. */
  readonly options: ActionOptions;
  /** Carries the types of input and result, and the event's name where it was said; there is nothing at run time. */
  readonly "~types"?: { readonly input: Input; readonly result: Result; readonly event: Event };
}

/**
 * What an action may declare beside its schema and function.
 *
 * @example
 * ```ts
 * import { action } from "@argyle/argyle";
 * import type { ActionOptions } from "@argyle/argyle/types";
 * import { z } from "zod";
 * const slow: ActionOptions = { timeout: 60_000 };
 * const report = action(z.object({ year: z.coerce.number() }), ({ year }) => `Report of ${year}`, slow);
 * ```
 */
export interface ActionOptions {
  /** Milliseconds that it may take; `limits.reflex` where left out. */
  readonly timeout?: number;
  /**
   * Reads what it returns, and may make another of it: what is refused never leaves the server, and is an error of the
   * server's own. For SockSync groups and events.
   */
  readonly output?: Schema;
  /**
   * The event that it handles, as `app.events()` has it: by any name, which stands as it is. Where left out, the name of
   * the member without one leading `on`, `on_`, `handle` or `handle_`.
   */
  readonly event?: string;
  /**
   * Whether it may run beside others of its connection; for events. Where left out, the next message waits until it is
   * done.
   */
  readonly concurrent?: boolean;
  /**
   * What becomes of keys of a message, beside `type` and `id`, that are not in what the schema gives; for events. They are
   * an error unless this is `allow`.
   */
  readonly extra?: "allow" | "forbid";
  /**
   * Whether somebody may see and call it, as a SockSync group. A reflex has callbacks for that, an endpoint of events an
   * `authorize` of its own: there, an action with this one is refused, since nobody would ask it.
   */
  readonly authorize?: (context: ActionAuthority, verb: "subscribe" | "call") => boolean | Promise<boolean>;
}

/**
 * Who asks for an action, and what is known of them.
 *
 * @example
 * ```ts
 * import { action } from "@argyle/argyle";
 * import type { ActionAuthority } from "@argyle/argyle/types";
 * import { z } from "zod";
 * const staff = ({ user }: ActionAuthority) => user === "ann";
 * const clear = action(z.object({}), () => {}, { authorize: staff });
 * ```
 */
export interface ActionAuthority {
  /** Who it is; `undefined` for a program, and before a login. */
  readonly user: string | undefined;
  /** What middleware has set. */
  get<T>(key: { readonly name: string; readonly initial: { readonly value: T } | undefined }): T;
}

class DeclaredAction {
  constructor(
    readonly schema: Schema,
    readonly run: (input: never, context: never) => unknown,
    readonly options: ActionOptions,
  ) {}
}

/**
 * Puts a function behind a schema of any library that implements Standard Schema.
 *
 * As a field of a {@linkcode Reflex} it reads the call's argument; without one, the fields of the enclosing form, the
 * element's name and value and its `data-*` attributes, later ones winning.
 *
 * @param schema says what input reads; what it refuses is `invalid`, and `run` is not called
 * @param run gets what the schema gives; what it returns is JSON and small
 * @param options `timeout` in milliseconds, `limits.reflex` where left out; more for groups and events
 * @returns the action, to be a field of a reflex, a group or a handler of events
 *
 * @example
 * ```ts
 * import { action, Reflex } from "@argyle/argyle";
 * import { z } from "zod";
 *
 * class Todos extends Reflex<{ todos: string[] }> {
 *   add = action(z.object({ title: z.string().trim().min(1) }), ({ title }) => {
 *     this.session.todos.push(title);
 *   });
 * }
 * ```
 */
export function action<S extends Schema, R, C = unknown, const E extends string | undefined = undefined>(
  schema: S,
  run: (input: SchemaOutput<S>, context: C) => R,
  options: ActionOptions & { readonly event?: E } = {},
): Action<SchemaInput<S>, Awaited<R>, C, E> {
  return new DeclaredAction(schema, run, options) as Action<SchemaInput<S>, Awaited<R>, C, E>;
}

/**
 * Refuses an action that says who may call it where nobody would ask.
 *
 * @throws TypeError
 */
export function refuseAuthorize({ options }: Action<unknown, unknown, unknown>, what: string): void {
  if (options.authorize === undefined) return;
  throw new TypeError(`Cannot take ${what}: its \`authorize\` is asked as a group of app.sync() alone.`);
}

/** Whether a value was made by {@linkcode action}. */
export function isAction(value: unknown): value is Action<unknown, unknown, unknown> {
  return value instanceof DeclaredAction;
}
