/**
 * What Postgres says about a table.
 *
 * @module
 */

import { literal, quote, type SqlDefinition } from "./_sql_definition.ts";
import { Query, rowsOf, type Work } from "./_sql_statement.ts";
import { postgresDialect } from "./_postgres_dialect.ts";

/** A table as its list needs it. */
export interface PostgresTable {
  readonly schema: string;
  readonly table: string;
  /** The columns of the list's order, the key last. */
  readonly places: readonly PostgresColumn[];
  readonly isKeyNullable: boolean;
  /** Where the connection looks for names, in order. */
  readonly searchPath: readonly string[];
}

/** A column of it. */
export interface PostgresColumn {
  readonly name: string;
  /** As it is written in SQL. */
  readonly type: string;
  readonly isNullable: boolean;
  /** Whether it is unique by itself, for all rows and at once. */
  readonly isUnique: boolean;
}

/**
 * Reads what is said about a table.
 *
 * @throws Error where there is no such table, or it cannot be listed
 */
export function* readPostgresTable(definition: SqlDefinition): Work<PostgresTable> {
  const { table, key, places } = definition;
  const [found] = yield* rowsOf(asked(
    `select n.nspname as c0, c.relname as c1, c.relkind as c2, ` +
      `array_to_json(current_schemas(false)) as c3, c.oid as c4, exists (select 1 from pg_inherits i where ` +
      `i.inhrelid = c.oid or i.inhparent = c.oid) or c.relkind = 'p' as c5 from pg_class c join pg_namespace n on ` +
      `n.oid = c.relnamespace where c.oid = to_regclass(${literal(asName(table))})`,
  ));
  if (found === undefined) {
    throw new Error(`Cannot make a list of ${quote(table)}: the database has no such table.`);
  }
  const [schema, name, kind, path, oid, isShared] = found.map(String) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  // A trigger of a statement fires for the table that it names, and for no other one that has the rows too.
  const why = isShared === "t"
    ? "its rows are those of another table too, by partitions or by inheritance"
    : kind !== "r"
    ? "it is no table, and has no triggers"
    : undefined;
  if (why !== undefined) throw new Error(`Cannot make a list of ${quote(table)}: ${why}.`);
  const columns = (yield* rowsOf(asked(
    `select a.attname as c0, format_type(a.atttypid, a.atttypmod) as c1, not a.attnotnull as c2, exists (select 1 from ` +
      `pg_index i where i.indrelid = a.attrelid and i.indisunique and i.indimmediate and i.indpred is null and ` +
      `i.indnkeyatts = 1 and i.indkey[0] = a.attnum) as c3 from pg_attribute a where a.attrelid = ${
        Number(oid)
      } ` +
      `and a.attnum > 0 and not a.attisdropped order by a.attnum`,
  ))).map(([name, type, isNullable, isUnique]) => ({
    name: String(name),
    type: String(type),
    isNullable: isNullable === "t",
    isUnique: isUnique === "t",
  }));
  const named = (column: string) => columnOf(columns, column, table);
  for (const column of definition.columns ?? []) named(column);
  const { isUnique, isNullable } = named(key);
  if (!isUnique) {
    throw new Error(
      `Cannot make a list of ${quote(table)}: its key ${
        quote(key)
      } is not unique. Declare it PRIMARY KEY or UNIQUE, ` +
        `or name another one as the list's key.`,
    );
  }
  const searchPath = JSON.parse(path) as string[];
  return {
    schema,
    table: name,
    places: places.map(({ column }) => named(column)),
    isKeyNullable: isNullable,
    searchPath,
  };
}

function asked(text: string) {
  return new Query(postgresDialect).rows(text);
}

// `shop.products` is a table of a schema; each part is meant as it is written.
function asName(table: string): string {
  return table.split(".").map(quote).join(".");
}

function columnOf(columns: readonly PostgresColumn[], column: string, table: string): PostgresColumn {
  const found = columns.find(({ name }) => name === column);
  if (found !== undefined) return found;
  throw new Error(
    `Cannot make a list of ${quote(table)}: it has no column ${quote(column)}. It has ` +
      `${columns.map(({ name }) => name).join(", ")}.`,
  );
}
