/**
 * What a list needs in a database of SQLite: triggers that say of every change what it was, and where they say it.
 *
 * A row may be driven out by another one with `or replace`: SQLite fires no trigger for it. So what a new row may drive
 * out is noted before, and what is gone of that is a change afterwards.
 *
 * @module
 */

import { quote, type SqlDefinition } from "./_sql_definition.ts";
import { LOGGED } from "./_sql_log.ts";
import type { SqliteColumn, SqliteTable, SqliteUnique } from "./_sqlite_table.ts";

/** How what a list needs is called, quoted. */
export function sqliteNames({ name }: SqlDefinition) {
  const part = (end: string) => quote(`${name}${end}`);
  const triggers = ["insert", "update", "delete", "before_insert", "replaced", "before_update", "moved"];
  return {
    state: part(""),
    log: part("_log"),
    gone: part("_gone"),
    row: part("_row"),
    order: part("_order"),
    triggers: triggers.map((end) => part(`_${end}`)),
  };
}

/** Which rows are in the list. */
export function sqliteFilter({ where, key }: SqlDefinition, { isKeyNullable }: SqliteTable): string {
  const parts = [
    ...where === undefined ? [] : [`(${where})`],
    ...isKeyNullable ? [`${quote(key)} is not null`] : [],
  ];
  return parts.length === 0 ? "true" : parts.join(" and ");
}

/** Takes all of it away but the version, so that it can be made anew. */
export function sqliteDrop(definition: SqlDefinition): string {
  const { triggers, log, gone, row, order } = sqliteNames(definition);
  return [
    ...triggers.map((trigger) => `drop trigger if exists ${trigger};`),
    ...[log, gone, row].map((table) => `drop table if exists ${table};`),
    `drop index if exists ${order};`,
  ].join("\n");
}

/** Makes all of it. */
export function sqliteDdl(definition: SqlDefinition, table: SqliteTable): string {
  const { state, log, gone, order } = sqliteNames(definition), filter = sqliteFilter(definition, table);
  const name = quote(definition.table);
  const o = table.places.map((place, at) => declared(`o${at}`, place));
  const n = table.places.map((place, at) => declared(`n${at}`, place));
  const columns = definition.places.map(({ column, descending }) =>
    `${quote(column)}${descending ? " desc" : ""}`
  );
  const condition = filter === "true" ? "" : ` where ${filter}`;
  return [
    `create table if not exists ${state} (id integer primary key check (id = 1), version integer not null, ` +
    `count integer not null, was_in integer, is_in integer);`,
    `create table ${log} (version integer primary key, was_in integer, is_in integer, ${
      [...o, ...n].join(", ")
    });`,
    `create table ${gone} (${o.join(", ")});`,
    `create index ${order} on ${name} (${columns.join(", ")})${condition};`,
    // Versions begin at the time, so that those of a list that was made anew are not those of the former one.
    `insert into ${state} (id, version, count) select 1, cast(strftime('%s', 'now') as integer) * 1000, count(*) ` +
    `from ${name} where ${filter} on conflict (id) do update set version = max(version + 1, excluded.version), ` +
    `count = excluded.count;`,
    ...mainTriggers(definition, table),
    ...replacingTriggers(definition, table),
  ].join("\n");
}

function mainTriggers(definition: SqlDefinition, table: SqliteTable): string[] {
  const { triggers: [insert, update, remove], row } = sqliteNames(definition);
  const on = `on ${quote(definition.table)} begin`;
  const mirrored = mirror(definition, table);
  const forget = `  delete from ${sqliteNames(definition).gone} where o${table.places.length - 1} is OLD.${
    quote(definition.key)
  };`;
  return [
    ...mirrored.length === 0 ? [] : [
      `create table ${row} (argyle_side integer primary key, ${
        mirrored.map((column) => declared(quote(column.name), column)).join(", ")
      }) without rowid;`,
    ],
    `create trigger ${insert} after insert ${on}\n${logs(definition, table, false, true)}\nend;`,
    `create trigger ${update} after update ${on}\n${logs(definition, table, true, true)}\nend;`,
    `create trigger ${remove} after delete ${on}\n${forget}\n${logs(definition, table, true, false)}\nend;`,
  ];
}

// The condition has to be asked of the row as it was, too. `OLD.x` compares by other rules than the column x does, which
// has a type; so the columns are put into a table of one row, where they are what they were.
function logs(definition: SqlDefinition, table: SqliteTable, hasOld: boolean, hasNew: boolean): string {
  const { state, log, row } = sqliteNames(definition), mirrored = mirror(definition, table);
  const filter = sqliteFilter(definition, table), columns = mirrored.map(({ name }) => quote(name));
  const put = (side: number, from: string) =>
    `  insert into ${row} (argyle_side, ${columns.join(", ")}) values (${side}, ${
      columns.map((column) => `${from}.${column}`).join(", ")
    });`;
  const isIn = (side: number, has: boolean) =>
    !has || filter === "true"
      ? String(Number(has))
      : `exists (select 1 from ${row} as ${
        quote(definition.table)
      } where argyle_side = ${side} and ${filter})`;
  const places = definition.places.map(({ column }) => quote(column));
  const noted = [...hasOld ? ["o"] : [], ...hasNew ? ["n"] : []].flatMap((side) =>
    places.map((_, at) => `${side}${at}`)
  );
  const values = [...hasOld ? ["OLD"] : [], ...hasNew ? ["NEW"] : []].flatMap((from) =>
    places.map((place) => `${from}.${place}`)
  );
  return [
    ...columns.length === 0
      ? []
      : [`  delete from ${row};`, ...hasOld ? [put(0, "OLD")] : [], ...hasNew ? [put(1, "NEW")] : []],
    `  update ${state} set was_in = ${isIn(0, hasOld)}, is_in = ${isIn(1, hasNew)};`,
    `  update ${state} set version = version + 1, count = count + is_in - was_in where was_in or is_in;`,
    `  insert into ${log} (version, was_in, is_in, ${noted.join(", ")}) select version, was_in, is_in, ${
      values.join(", ")
    } ` +
    `from ${state} where was_in or is_in;`,
    `  delete from ${log} where version <= (select version - ${LOGGED} from ${state});`,
  ].join("\n");
}

function replacingTriggers(definition: SqlDefinition, table: SqliteTable): string[] {
  const { state, log, gone, triggers } = sqliteNames(definition);
  const [beforeInsert, replaced, beforeUpdate, moved] = triggers.slice(3);
  const name = quote(definition.table),
    key = quote(definition.key),
    places = definition.places.map(({ column }) => quote(column));
  const o = places.map((_, at) => `o${at}`).join(", "), goneKey = `o${places.length - 1}`;
  const driven = ({ parts }: SqliteUnique, but: string) =>
    `  insert into ${gone} select ${places.join(", ")} from ${name} where ${
      parts.map(({ name, collation }) => `${quote(name)} = NEW.${quote(name)} collate ${quote(collation)}`)
        .join(" and ")
    } and ${
      sqliteFilter(definition, table)
    }${but} and not exists (select 1 from ${gone} where ${goneKey} is ${name}.${key});`;
  const noted = (but: string) =>
    [`  delete from ${gone};`, ...table.uniques.map((unique) => driven(unique, but))].join("\n");
  const changed = new Set(table.uniques.flatMap(({ parts }) => parts.map(({ name }) => quote(name))));
  const takes = `when ${[...changed].map((column) => `OLD.${column} is not NEW.${column}`).join(" or ")}`;
  const told = [
    `  delete from ${gone} where not (${gone}.${goneKey} is NEW.${key} or not exists (select 1 from ${name} where ${name}.${key} is ${gone}.${goneKey}));`,
    `  insert into ${log} (version, was_in, is_in, ${o}) select (select version from ${state}) + row_number() over (), 1, 0, ` +
    `${o} from ${gone};`,
    `  update ${state} set version = version + (select count(*) from ${gone}), count = count - (select count(*) from ${gone});`,
    `  delete from ${gone};`,
  ].join("\n");
  const some = `exists (select 1 from ${gone})`;
  return [
    `create trigger ${beforeInsert} before insert on ${name} begin\n${noted("")}\nend;`,
    `create trigger ${replaced} after insert on ${name} when ${some} begin\n${told}\nend;`,
    `create trigger ${beforeUpdate} before update on ${name} ${takes} begin\n${
      noted(` and ${key} is not OLD.${key}`)
    }\nend;`,
    `create trigger ${moved} after update on ${name} ${
      takes.replace("when ", "when (")
    }) and ${some} begin\n${told}\nend;`,
  ];
}

/** The columns that the condition may speak of. */
function mirror(definition: SqlDefinition, table: SqliteTable): readonly SqliteColumn[] {
  if (sqliteFilter(definition, table) === "true") return [];
  const text = sqliteFilter(definition, table).toLowerCase();
  const spoken = table.columns.filter(({ name }) => text.includes(name.toLowerCase().replaceAll('"', '""')));
  return spoken.length === 0 ? table.columns : spoken;
}

function declared(name: string, { type, collation }: SqliteColumn): string {
  return `${name} ${type} collate ${quote(collation)}`;
}
