/**
 * How Postgres says what is not the same in all dialects of SQL.
 *
 * @module
 */

import type { Dialect } from "./_sql_statement.ts";

/** What marks a place goes there and back as text, which loses nothing: a Date has no microseconds. */
export const postgresDialect: Dialect = {
  isNullLeast: false,
  same: "is not distinct from",
  lock: " for update",
  whole: (table) => `row(${table}.*)::text as c0`,
  placeholder: (at, type) => type === undefined ? `$${at}` : `$${at}::text::${type}`,
  bound: (value) => value === null ? null : String(value),
};
