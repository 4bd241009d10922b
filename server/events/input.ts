/**
 * The data of a message, held against the schema of whoever handles it.
 *
 * @module
 */

import type { Action } from "../../protocol/action.ts";
import type { SchemaResult } from "../../protocol/schema.ts";
import { type Maybe, then } from "../../socksync/maybe.ts";
import { type EventError, extraErrors, extraErrorsOfRefused, issueErrors } from "./event_error.ts";

/** What the handler gets; or what is wrong, all of it. */
export type Input = { readonly value: unknown } | { readonly errors: readonly EventError[] };

/** Reads data through the schema of an action; at once, unless the schema takes its time. */
export function readInput(
  { schema, options }: Pick<Action, "schema" | "options">,
  data: object,
): Maybe<Input> {
  const result = schema["~standard"].validate(data) as Maybe<SchemaResult<unknown>>;
  return then(result, (result) => {
    const mayHaveMore = options.extra === "allow";
    if (result.issues !== undefined) {
      const extra = mayHaveMore ? [] : extraErrorsOfRefused(schema, data);
      return { errors: [...issueErrors(result.issues, data), ...extra] };
    }
    const errors = mayHaveMore ? [] : extraErrors(data, result.value);
    return errors.length === 0 ? { value: result.value } : { errors };
  });
}
