/**
 * Standard Schema (https://standardschema.dev), structurally: zod, valibot, arktype and others fit.
 *
 * @module
 */

/**
 * A validator of any library that implements Standard Schema v1, or one of your own.
 *
 * @example
 * ```ts
 * import type { Schema } from "@argyle/argyle";
 * const title: Schema<unknown, string> = {
 *   "~standard": {
 *     version: 1,
 *     vendor: "shop",
 *     validate: (value) => typeof value === "string" ? { value } : { issues: [{ message: "A text" }] },
 *   },
 * };
 * ```
 */
export interface Schema<Input = unknown, Output = Input> {
  /** The contract; see https://standardschema.dev. */
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/**
 * What a schema answers: the value, or what is wrong with it.
 *
 * @example
 * ```ts
 * import type { SchemaResult } from "@argyle/argyle/protocol";
 * const even = (value: number): SchemaResult<number> =>
 *   value % 2 === 0 ? { value } : { issues: [{ message: "An even number, please" }] };
 * console.assert(even(3).issues?.length === 1);
 * ```
 */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/**
 * One thing that is wrong, and where.
 *
 * @example
 * ```ts
 * import { issueFields, type SchemaIssue } from "@argyle/argyle/protocol";
 * const issue: SchemaIssue = { message: "Required", path: ["lines", 0, { key: "title" }] };
 * console.assert(issueFields([issue])["lines.0.title"] === "Required");
 * ```
 */
export interface SchemaIssue {
  /** A sentence. */
  readonly message: string;
  /** The way to the culprit; absent or empty where the value as a whole is wrong. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * What a schema takes.
 *
 * @example
 * ```ts
 * import type { Schema, SchemaInput } from "@argyle/argyle/protocol";
 * type Amount = Schema<string, number>; // reads a text as a number
 * const typed: SchemaInput<Amount> = "4.50";
 * ```
 */
export type SchemaInput<S extends Schema> = NonNullable<S["~standard"]["types"]>["input"];

/**
 * What a schema gives.
 *
 * @example
 * ```ts
 * import type { Schema, SchemaOutput } from "@argyle/argyle/protocol";
 * type Amount = Schema<string, number>; // reads a text as a number
 * const read: SchemaOutput<Amount> = 4.5;
 * ```
 */
export type SchemaOutput<S extends Schema> = NonNullable<S["~standard"]["types"]>["output"];

/**
 * The issues as sentences by field, the way forms show them. The key of an issue without a path is `""`; the first
 * issue of a field wins.
 *
 * @example
 * ```ts
 * import { issueFields } from "@argyle/argyle/protocol";
 * issueFields([{ message: "Required", path: ["user", { key: "name" }] }]); // { "user.name": "Required" }
 * ```
 */
export function issueFields(issues: readonly SchemaIssue[]): Record<string, string> {
  const fields = new Map<string, string>();
  for (const { message, path = [] } of issues) {
    const name = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    if (!fields.has(name)) fields.set(name, message);
  }
  return Object.fromEntries(fields);
}
