/**
 * Reads a query through a schema.
 *
 * @module
 */

import { issueFields, type Schema, type SchemaResult } from "../../protocol/schema.ts";
import { HttpError } from "./error.ts";

/**
 * What a schema gives for a query. It is asked with an object of texts by name; a name that stands in the query several
 * times has a list of them.
 *
 * @throws HttpError 400 that says what is wrong with which name
 */
export function readQuery<Query>(
  schema: Schema<unknown, Query>,
  query: URLSearchParams,
): Query | Promise<Query> {
  const result = schema["~standard"].validate(toObject(query));
  return result instanceof Promise ? result.then(take) : take(result);
}

// `fromEntries` defines what it writes: a name like `__proto__` is a name like any other.
function toObject(query: URLSearchParams): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of query) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]));
}

function take<Query>(result: SchemaResult<Query>): Query {
  if (result.issues === undefined) return result.value;
  const [[name, message] = ["", ""]] = Object.entries(issueFields(result.issues));
  throw new HttpError(
    400,
    name === ""
      ? `This address cannot be read: ${message}`
      : `This address cannot be read at ${name}: ${message}`,
  );
}
