/**
 * A session's values: from the store's text, through the app's schema, to an object of one's own.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import { issueFields, type Schema, type SchemaIssue, type SchemaResult } from "../../protocol/schema.ts";
import type { Logger } from "../observe.ts";

type Values = Record<string, unknown>;

/** Reads the values of sessions for one app. */
export class SessionValues {
  readonly #schema: Schema | undefined;
  readonly #log: Logger;

  /** @param schema fills defaults and mends what an older build stored */
  constructor(schema: Schema | undefined, log: Logger) {
    this.#schema = schema;
    this.#log = log;
  }

  /**
   * The values of a session, a copy of the caller's own. Nothing is awaited that is there already.
   *
   * What the schema refuses is logged, and the session begins anew with the schema's defaults: a person must not be
   * locked out for a month because a field was renamed. The store keeps the old text until something is written.
   *
   * @param text from the store
   * @throws Error where the schema refuses even an empty session
   */
  read(text: string): Values | Promise<Values> {
    const stored = JSON.parse(text) as Values;
    const schema = this.#schema;
    if (schema === undefined) return stored;
    const result = schema["~standard"].validate(stored);
    const settle = (result: SchemaResult<unknown>): Values | Promise<Values> =>
      result.issues === undefined ? result.value as Values : this.#anew(schema, result.issues);
    // A schema of any library may answer later, with a promise of its own making.
    return "then" in result ? Promise.resolve(result).then(settle) : settle(result);
  }

  async #anew(schema: Schema, issues: readonly SchemaIssue[]): Promise<Values> {
    const empty = await schema["~standard"].validate({});
    if (empty.issues !== undefined) {
      throw new WireError("failed", "The session cannot be read.", {
        cause: new TypeError(
          `The session schema refuses an empty session (${
            Object.keys(issueFields(empty.issues)).join(", ")
          }): give each field a default.`,
        ),
      });
    }
    this.#log.warn("a stored session does not fit its schema, and begins anew", {
      fields: Object.keys(issueFields(issues)).join(", "),
    });
    return empty.value as Values;
  }
}
