/**
 * Values against their schemas.
 *
 * @module
 */

import { issueFields, type Schema, type SchemaResult } from "../protocol/schema.ts";

/** A value that its schema refuses. Its message names what is wrong, not what the value is. */
export class ValueError extends TypeError {}

/**
 * What a schema gives for a value; the value itself where there is none. At once, unless the schema takes its time.
 *
 * @param what names the value in the error
 * @throws ValueError for a value that it refuses; so does the promise
 */
export function checkValue(schema: Schema | undefined, value: unknown, what: string): unknown {
  if (schema === undefined) return value;
  const result = schema["~standard"].validate(value);
  return result instanceof Promise ? result.then((late) => outcome(late, what)) : outcome(result, what);
}

function outcome(result: SchemaResult<unknown>, what: string): unknown {
  if (result.issues === undefined) return result.value;
  const said = Object.entries(issueFields(result.issues)).map(([path, text]) =>
    path === "" ? text : `${path}: ${text}`
  );
  throw new ValueError(`${what} is not valid: ${said.join("; ")}`);
}
