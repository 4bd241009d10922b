/**
 * A function behind a schema.
 *
 * @module
 */

import type { Schema, SchemaInput, SchemaOutput } from "../../protocol/schema.ts";

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
export interface Action<Input = unknown, Result = unknown, Context = unknown> {
  /** Says what input reads. */
  readonly schema: Schema;
  /** The function. */
  readonly run: (input: never, context: Context) => unknown;
  /** The rest of what was declared. */
  readonly options: ActionOptions;
  /** Carries the types of input and result; there is nothing at run time. */
  readonly "~types"?: { readonly input: Input; readonly result: Result };
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
 * @param options `timeout` in milliseconds, `limits.reflex` where left out
 * @returns the action, to be a field of a reflex
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
export function action<S extends Schema, R, C = unknown>(
  schema: S,
  run: (input: SchemaOutput<S>, context: C) => R,
  options: ActionOptions = {},
): Action<SchemaInput<S>, Awaited<R>, C> {
  return new DeclaredAction(schema, run, options) as Action<SchemaInput<S>, Awaited<R>, C>;
}

/** Whether a value was made by {@linkcode action}. */
export function isAction(value: unknown): value is Action<unknown, unknown, unknown> {
  return value instanceof DeclaredAction;
}
