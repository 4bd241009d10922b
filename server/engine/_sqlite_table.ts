/**
 * What SQLite says about a table.
 *
 * @module
 */

import { quote, type SqlDefinition } from "./_sql_definition.ts";
import type { SqliteSession } from "./_sqlite_session.ts";

/** A table as its list needs it. */
export interface SqliteTable {
  readonly columns: readonly SqliteColumn[];
  /** The columns of the list's order, the key last. */
  readonly places: readonly SqliteColumn[];
  /** Which columns have to be unique together: a row that takes such values may drive out another one. */
  readonly uniques: readonly SqliteUnique[];
  /** Whether the key may be NULL. */
  readonly isKeyNullable: boolean;
}

/** Columns that have to be unique together. */
export interface SqliteUnique {
  readonly parts: readonly SqliteColumn[];
  /** Whether that is only asked of some rows. */
  readonly isPartial: boolean;
}

/** A column of it. */
export interface SqliteColumn {
  readonly name: string;
  /** As it was declared; it says how values are compared. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly collation: string;
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * Reads what is said about a table.
 *
 * @param isWhole whether the collations of its columns are wanted too; then the transaction must be one that writes
 * @throws Error where there is no such table, or it cannot be listed
 */
export function readTable(session: SqliteSession, definition: SqlDefinition, isWhole: boolean): SqliteTable {
  const { table, key, places } = definition;
  const [listed] = session.ask(
    "select type, wr, strict from pragma_table_list(?) where schema = 'main'",
    table,
  );
  if (listed?.["type"] !== "table") {
    const what = listed === undefined
      ? "the database has no such table"
      : `it is a ${String(listed["type"])}, which has no triggers`;
    throw new Error(`Cannot make a list of ${quote(table)}: ${what}.`);
  }
  const found = session.ask(
    'select name, type, "notnull", pk from pragma_table_xinfo(?) where hidden <> 1',
    table,
  );
  const collations = isWhole ? readCollations(session, table, found.map(({ name }) => String(name))) : [];
  const isWithoutRowid = Number(listed["wr"]) === 1, keys = found.filter(({ pk }) => Number(pk) > 0);
  const columns = found.map((raw, at) => {
    const isKey = keys.length === 1 && keys[0] === raw && String(raw["type"]).toUpperCase() === "INTEGER";
    const isNullable = Number(raw["notnull"]) === 0 && !isKey && !(isWithoutRowid && Number(raw["pk"]) > 0);
    return {
      name: String(raw["name"]),
      // Elsewhere than in a strict table ANY would make numbers of texts that look like it.
      type: Number(listed["strict"]) === 1 && String(raw["type"]).toUpperCase() === "ANY"
        ? ""
        : String(raw["type"]),
      isNullable,
      collation: collations[at] ?? "BINARY",
    };
  });
  const named = (column: string) => columnOf(columns, column, definition);
  for (const column of definition.columns ?? []) named(column);
  const uniques = readUniques(session, table, columns, keys);
  const column = named(key);
  if (
    !uniques.some(({ parts, isPartial }) =>
      !isPartial && parts.length === 1 && parts[0]?.name === column.name
    )
  ) {
    throw new Error(
      `Cannot make a list of ${quote(table)}: its key ${
        quote(key)
      } is not unique. Declare it PRIMARY KEY or UNIQUE, or ` +
        `name another one as the list's key.`,
    );
  }
  return {
    columns,
    places: places.map(({ column }) => named(column)),
    uniques,
    isKeyNullable: column.isNullable,
  };
}

function columnOf(columns: readonly SqliteColumn[], column: string, { table }: SqlDefinition): SqliteColumn {
  const found = columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  if (found !== undefined) return found;
  // SQLite itself would take the name for a text, and order by nothing.
  throw new Error(
    `Cannot make a list of ${quote(table)}: it has no column ${quote(column)}. It has ` +
      `${columns.map(({ name }) => name).join(", ")}.`,
  );
}

// SQLite tells the collation of a column of an index only. So there is a second table for a moment, empty, with an index.
function readCollations(session: SqliteSession, table: string, columns: readonly string[]): string[] {
  const [{ sql } = { sql: "" }] = session.ask(
    "select sql from sqlite_schema where type = 'table' and name = ? collate nocase",
    table,
  );
  const twin = quote(`argyle_twin_of_${table}`), index = `argyle_index_of_${table}`;
  const name = /^CREATE TABLE\s+(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\[[^\]]*\]|[^\s("'`[]+)/i;
  return session.undone(() => {
    session.exec(String(sql).replace(name, () => `create table ${twin}`));
    session.exec(`create index ${quote(index)} on ${twin} (${columns.map(quote).join(", ")})`);
    return session.ask("select coll from pragma_index_xinfo(?) order by seqno", index).map(({ coll }) =>
      String(coll)
    );
  });
}

function readUniques(
  session: SqliteSession,
  table: string,
  columns: readonly SqliteColumn[],
  keys: readonly Raw[],
): SqliteUnique[] {
  const named = (name: unknown) => columns.find((column) => column.name === name)!;
  const found: SqliteUnique[] = [];
  if (keys.length > 0) found.push({ parts: keys.map(({ name }) => named(name)), isPartial: false });
  const indexes = session.ask('select name, partial from pragma_index_list(?) where "unique" = 1', table);
  for (const { name, partial } of indexes) {
    const raw = session.ask(
      "select name, coll from pragma_index_xinfo(?) where key = 1 order by seqno",
      String(name),
    );
    // A part without a name is an expression, which is not looked for.
    if (raw.some(({ name }) => name === null)) continue;
    const parts = raw.map(({ name, coll }) => ({ ...named(name), collation: String(coll) }));
    found.push({ parts, isPartial: Number(partial) === 1 });
  }
  const text = ({ parts }: SqliteUnique) =>
    JSON.stringify(parts.map(({ name, collation }) => [name, collation]));
  // A whole index before a partial one of the same columns, which says no more.
  const distinct = new Map(
    found.sort((a, b) => Number(b.isPartial) - Number(a.isPartial)).map((one) => [text(one), one]),
  );
  return [...distinct.values()];
}
