/**
 * What a list needs in a database of Postgres: triggers that say of every change what it was, and where they say it.
 *
 * They fire once for a statement, however many rows it changes: a counter that each row counts up would be written as
 * often in one transaction, and each time be harder to find.
 *
 * @module
 */

import { literal, quote, type SqlDefinition } from "./_sql_definition.ts";
import { LOGGED } from "./_sql_log.ts";
import type { PostgresTable } from "./_postgres_table.ts";

/** A statement that changes more rows than this is one change, of which is only known that it was. */
const FOLLOWED = 500;

/** How what a list needs is called, quoted, in the schema of its table. */
export function postgresNames({ name }: SqlDefinition, { schema, table }: PostgresTable) {
  const part = (end: string) => `${quote(schema)}.${quote(`${name}${end}`)}`;
  return {
    table: `${quote(schema)}.${quote(table)}`,
    state: part(""),
    log: part("_log"),
    order: part("_order"),
    function: part("_tell"),
    triggers: ["insert", "update", "delete", "truncate"].map((verb) => `${name}_${verb}`),
  };
}

/** Which rows are in the list. */
export function postgresFilter({ where, key }: SqlDefinition, { isKeyNullable }: PostgresTable): string {
  const parts = [
    ...where === undefined ? [] : [`(${where})`],
    ...isKeyNullable ? [`${quote(key)} is not null`] : [],
  ];
  return parts.length === 0 ? "true" : parts.join(" and ");
}

/** Takes all of it away but the version, so that it can be made anew. */
export function postgresDrop(definition: SqlDefinition, table: PostgresTable): string {
  const { triggers, log, order, function: tell, ...names } = postgresNames(definition, table);
  return [
    ...triggers.map((trigger) => `drop trigger if exists ${quote(trigger)} on ${names.table};`),
    `drop function if exists ${tell}();`,
    `drop table if exists ${log};`,
    `drop index if exists ${order};`,
  ].join("\n");
}

/** Makes all of it. */
export function postgresDdl(definition: SqlDefinition, table: PostgresTable): string {
  const { state, log, triggers, function: tell, table: name } = postgresNames(definition, table);
  const filter = postgresFilter(definition, table);
  const columns = definition.places.map(({ column, descending }) =>
    `${quote(column)}${descending ? " desc" : ""}`
  );
  const sides = ["o", "n"].flatMap((side) =>
    definition.places.map(({ column }, at) => `${quote(column)} as ${side}${at}`)
  );
  const [insert, update, remove, truncate] = triggers.map(quote);
  const each = `for each statement execute function ${tell}();`;
  return [
    `lock table ${name} in share row exclusive mode;`,
    // Little in a page, so that the row is written anew where it lies.
    `create table if not exists ${state} (id boolean primary key default true check (id), version bigint not null, ` +
    `count bigint not null) with (fillfactor = 10);`,
    // As a query of the table itself: its columns have their types and collations.
    `create table ${log} as select 0::bigint as version, false as was_in, false as is_in, ${
      sides.join(", ")
    } ` +
    `from ${name} with no data;`,
    `alter table ${log} add primary key (version);`,
    `create index ${quote(`${definition.name}_order`)} on ${name} (${columns.join(", ")})` +
    `${filter === "true" ? "" : ` where ${filter}`};`,
    // Versions begin at the time, so that those of a list that was made anew are not those of the former one.
    `insert into ${state} as s (version, count) select floor(extract(epoch from clock_timestamp()))::bigint * 1000, ` +
    `count(*) from ${name} where ${filter} on conflict (id) do update ` +
    `set version = greatest(s.version + 1, excluded.version), count = excluded.count;`,
    telling(definition, table),
    `create trigger ${insert} after insert on ${name} referencing new table as argyle_new ${each}`,
    `create trigger ${update} after update on ${name} referencing old table as argyle_old new table as argyle_new ${each}`,
    `create trigger ${remove} after delete on ${name} referencing old table as argyle_old ${each}`,
    `create trigger ${truncate} after truncate on ${name} ${each}`,
  ].join("\n");
}

// It runs with the rights of who has made it, and by their search path: who writes to the table need not know of it.
function telling(definition: SqlDefinition, table: PostgresTable): string {
  const { state, function: tell, log } = postgresNames(definition, table);
  const path = [...table.searchPath.map(quote), "pg_temp"].join(", ");
  const at = definition.places.map((_, at) => at), o = at.map((at) => `o${at}`), n = at.map((at) => `n${at}`);
  const old = side(definition, table, "o"), now = side(definition, table, "n");
  const both = `${old} full join ${side(definition, table, "n", "s")} on r.${o.at(-1)} = s.${n.at(-1)}`;
  return [
    `create function ${tell}() returns trigger language plpgsql security definer set search_path = ${path} as $argyle$`,
    `#variable_conflict use_column`,
    `declare argyle_rows bigint := 0; argyle_more bigint := 0; argyle_version bigint;`,
    `begin`,
    `  if tg_op = 'TRUNCATE' then`,
    `    update ${state} set version = version + 1, count = 0;`,
    `    delete from ${log};`,
    ...branch(definition, table, "INSERT", n, `false as was_in, true as is_in`, `${now} where r.is_in`),
    ...branch(definition, table, "DELETE", o, `true as was_in, false as is_in`, `${old} where r.is_in`),
    ...branch(
      definition,
      table,
      "UPDATE",
      [...o, ...n],
      `coalesce(r.is_in, false) as was_in, coalesce(s.is_in, false) as is_in`,
      `${both} where r.is_in or s.is_in`,
    ),
    `  end if;`,
    // Nothing but that: Postgres tells what is the same once for a transaction.
    `  perform pg_notify(${literal(definition.name)}, '');`,
    `  return null;`,
    `end $argyle$;`,
  ].join("\n");
}

function branch(
  definition: SqlDefinition,
  table: PostgresTable,
  verb: string,
  columns: readonly string[],
  sides: string,
  from: string,
): string[] {
  const { state, log } = postgresNames(definition, table);
  const changes = `(select ${sides}, ${columns.join(", ")} from ${from}) c`;
  return [
    `  elsif tg_op = '${verb}' then`,
    `    select count(*), coalesce(sum(c.is_in::int - c.was_in::int), 0) into argyle_rows, argyle_more from ${changes};`,
    `    if argyle_rows = 0 then return null; end if;`,
    `    update ${state} set version = version + case when argyle_rows > ${FOLLOWED} then 1 else argyle_rows end, ` +
    `count = count + argyle_more returning version into argyle_version;`,
    `    if argyle_rows > ${FOLLOWED} then`,
    `      delete from ${log};`,
    `    else`,
    `      insert into ${log} (version, was_in, is_in, ${columns.join(", ")}) ` +
    `select argyle_version - argyle_rows + row_number() over (), c.* from ${changes};`,
    `      delete from ${log} where version <= argyle_version - ${LOGGED};`,
    `    end if;`,
  ];
}

// The condition is asked with the table's own name for the rows of a statement.
function side(definition: SqlDefinition, table: PostgresTable, letter: "o" | "n", name = "r"): string {
  const places = definition.places.map(({ column }, at) => `${quote(column)} as ${letter}${at}`).join(", ");
  const rows = letter === "o" ? "argyle_old" : "argyle_new";
  return `(select coalesce(${
    postgresFilter(definition, table)
  }, false) as is_in, ${places} from ${rows} as ` +
    `${quote(table.table)}) ${name}`;
}
