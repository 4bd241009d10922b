/**
 * Standard Schema (https://standardschema.dev), structurally: zod, valibot, arktype and others fit.
 *
 * @module
 */

/** A validator of any library that implements Standard Schema v1. */
export interface Schema<Input = unknown, Output = Input> {
  /** The contract; see https://standardschema.dev. */
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema answers: the value, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong, and where. */
export interface SchemaIssue {
  /** A sentence. */
  readonly message: string;
  /** The way to the culprit. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema takes. */
export type SchemaInput<S extends Schema> = NonNullable<S["~standard"]["types"]>["input"];

/** What a schema gives. */
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
