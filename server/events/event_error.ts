/**
 * What is wrong with a message, in the form in which its sender is told.
 *
 * @module
 */

import type { Schema, SchemaIssue } from "../../protocol/schema.ts";

/** One thing that is wrong, and where. */
export interface EventError {
  /** The way to the culprit; empty where it is the message as a whole. */
  readonly loc: readonly (string | number)[];
  /** A sentence. */
  readonly msg: string;
  /** What kind of thing it is, for programs: `value_error.missing`. */
  readonly type: string;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

/** Names a message, for its answer. */
export type MessageId = string | number;

/**
 * Errors as a message. There are no more of them than have room, but the first: a stranger's message would be answered with
 * one that is many times as large.
 *
 * @param room bytes, about
 */
export function writeErrors(errors: readonly EventError[], id: MessageId | undefined, room: number): string {
  const texts: string[] = [];
  for (const error of errors) {
    const text = JSON.stringify(error);
    if (texts.length > 0 && text.length > room) break;
    room -= text.length;
    texts.push(text);
  }
  return `{"errors":[${texts.join(",")}]${id === undefined ? "" : `,"id":${JSON.stringify(id)}`}}`;
}

/** What a schema has found, in its order; then the keys that it does not have, in theirs. */
export function issueErrors(issues: readonly SchemaIssue[], input: unknown): EventError[] {
  return issues.flatMap((issue) => {
    const path = (issue.path ?? []).map((part) => typeof part === "object" ? part.key : part);
    const loc = path.map((part) => typeof part === "number" ? part : String(part)), msg = issue.message;
    const extra = extraKeys(issue);
    if (extra !== undefined) return extra.map((key) => ({ loc: [...loc, ...key], msg, type: EXTRA }));
    return [{ loc, msg, type: isAbsent(input, path) ? "value_error.missing" : typeOf(issue) }];
  });
}

// Below its path, what a schema itself has refused that takes no more than it declares.
function extraKeys(issue: SchemaIssue): readonly (readonly string[])[] | undefined {
  const { code, keys, expected, type } = issue as SchemaIssue & Record<string, unknown>;
  if (code === "unrecognized_keys" && Array.isArray(keys)) return keys.map((key) => [String(key)]); // zod
  const isExtra = type === "strict_object" && expected === "never" || // valibot
    code === "predicate" && expected === "removed"; // arktype
  return isExtra ? [[]] : undefined;
}

/** The kind of a key that a message must not have. */
const EXTRA = "value_error.extra";

/** Keys that are in the input and not in what its schema has made of it, in alphabetical order. */
export function extraErrors(input: object, output: unknown): EventError[] {
  // What has been made a text, say, has no keys to compare.
  if (typeof output !== "object" || output === null) return [];
  const has = output instanceof Map
    ? (key: string) => output.has(key)
    : (key: string) => Object.hasOwn(output, key);
  return extras(Object.keys(input).filter((key) => !has(key)));
}

/**
 * Keys of an input that its schema has refused, as far as it is known which ones the schema has: an object of zod or valibot
 * says so, unless it takes any.
 */
export function extraErrorsOfRefused(schema: Schema, input: object): EventError[] {
  const { vendor } = schema["~standard"];
  const { def, entries, type } = schema as { def?: ZodDefinition; entries?: object; type?: unknown };
  let known: object | undefined;
  if (vendor === "zod" && def?.type === "object" && def.catchall === undefined) known = def.shape;
  else if (vendor === "valibot" && type === "object") known = entries;
  if (known === undefined) return [];
  return extras(Object.keys(input).filter((key) => !Object.hasOwn(known, key)));
}

interface ZodDefinition {
  readonly type?: unknown;
  readonly catchall?: unknown;
  readonly shape?: object;
}

function extras(keys: readonly string[]): EventError[] {
  return keys.toSorted().map((key) => ({
    loc: [key],
    msg: "extra fields not permitted",
    type: EXTRA,
  }));
}

function isAbsent(input: unknown, path: readonly PropertyKey[]): boolean {
  let at = input;
  for (const [depth, key] of path.entries()) {
    if (typeof at !== "object" || at === null) return false;
    if (!Object.hasOwn(at, key) || (at as Record<PropertyKey, unknown>)[key] === undefined) {
      return depth === path.length - 1;
    }
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return false;
}

// Standard Schema has no kinds of issues; the libraries have, each its own.
function typeOf(issue: SchemaIssue): string {
  const { code, expected, kind, type, domain, proto } = issue as SchemaIssue & Record<string, unknown>;
  if (kind === "schema" && typeof type === "string") return `type_error.${snake(type)}`; // valibot
  if (code === "invalid_type" && typeof expected === "string") return `type_error.${snake(expected)}`; // zod
  if (code === "domain" || code === "proto") { // arktype
    const name = code === "domain" ? domain : proto;
    const said = typeof name === "function" ? name.name : name ?? expected;
    return `type_error.${typeof said === "string" ? snake(said) : code}`;
  }
  for (const name of [code, type]) if (typeof name === "string") return `value_error.${snake(name)}`;
  return "value_error";
}

function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[^A-Za-z0-9]+/g, "_").toLowerCase();
}
