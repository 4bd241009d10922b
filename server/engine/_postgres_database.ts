/**
 * A list in Postgres.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { literal, quote, type SqlDefinition } from "./_sql_definition.ts";
import type { SqlDatabase } from "./_sql_list.ts";
import { numberOf, Query, type Shape, type Statement, type Work } from "./_sql_statement.ts";
import { type PostgresClient, PostgresSession } from "./_postgres_client.ts";
import { postgresDdl, postgresDrop, postgresFilter, postgresNames } from "./_postgres_ddl.ts";
import { postgresDialect } from "./_postgres_dialect.ts";
import { type PostgresTable, readPostgresTable } from "./_postgres_table.ts";

const READING = "isolation level repeatable read read only";
const WRITING = "isolation level read committed read write";

/** A list over the connections of one client. */
export class PostgresList implements SqlDatabase {
  readonly name = "postgres";
  readonly #session: PostgresSession;
  readonly #definition: SqlDefinition;

  constructor(sql: PostgresClient, definition: SqlDefinition, clock: Clock) {
    this.#session = new PostgresSession(sql, clock, quote(definition.table));
    this.#definition = definition;
  }

  async shape(): Promise<Shape> {
    return await this.#session.transaction("use", READING, () => readShape(this.#definition));
  }

  async read<R>(make: () => Work<R>): Promise<R> {
    return await this.#session.transaction("read", READING, make);
  }

  async write<R>(make: () => Work<R>): Promise<R> {
    return await this.#session.transaction("change", WRITING, make);
  }

  async listen(hear: () => void): Promise<() => Promise<void>> {
    return await this.#session.listen(this.#definition.name, hear);
  }

  column(property: string): string {
    return this.#session.column(property);
  }

  // Which values a column takes the server says.
  refuses(): undefined {
    return undefined;
  }

  async ddl(): Promise<string> {
    const definition = this.#definition;
    return await this.#session.transaction("describe", READING, function* () {
      const table = yield* readPostgresTable(definition);
      return `${postgresDrop(definition, table)}\n${postgresDdl(definition, table)}`;
    });
  }

  async install(): Promise<void> {
    const definition = this.#definition;
    await this.#session.transaction("install", WRITING, function* (): Work<void> {
      // Several processes that start at once: the first one does it.
      yield [run(`select pg_advisory_xact_lock(hashtext(${literal(definition.name)}))`)];
      const table = yield* readPostgresTable(definition);
      if (yield* isInstalled(definition, table)) return;
      yield [run(`${postgresDrop(definition, table)}\n${postgresDdl(definition, table)}`)];
    });
  }

  async uninstall(): Promise<void> {
    const definition = this.#definition;
    await this.#session.transaction("uninstall", WRITING, function* (): Work<void> {
      const table = yield* readPostgresTable(definition);
      yield [
        run(
          `${postgresDrop(definition, table)}\ndrop table if exists ${
            postgresNames(definition, table).state
          };`,
        ),
      ];
    });
  }
}

function run(text: string): Statement {
  return new Query(postgresDialect).run(text);
}

function* isInstalled(definition: SqlDefinition, table: PostgresTable): Work<boolean> {
  const found = yield* numberOf(new Query(postgresDialect).rows(witness(definition, table)));
  return found === postgresNames(definition, table).triggers.length;
}

/** Counts the triggers that are there, and are not switched off. */
function witness(definition: SqlDefinition, table: PostgresTable): string {
  const { triggers, table: name } = postgresNames(definition, table);
  return `select count(*) as c0 from pg_trigger where tgrelid = ${
    literal(name)
  }::regclass and tgenabled in ('O', 'A') ` +
    `and tgname in (${triggers.map(literal).join(", ")})`;
}

function* readShape(definition: SqlDefinition): Work<Shape> {
  const table = yield* readPostgresTable(definition), names = postgresNames(definition, table);
  if (!(yield* isInstalled(definition, table))) {
    throw new Error(
      `Cannot use the list of ${
        quote(definition.table)
      }: its triggers are not in the database. Call its install() once, ` +
        `or run what its ddl() says.`,
    );
  }
  return {
    dialect: postgresDialect,
    table: names.table,
    ordered: names.table,
    state: names.state,
    log: names.log,
    filter: postgresFilter(definition, table),
    places: definition.places.map(({ column, descending }, at) => ({
      column: quote(column),
      selected: `${quote(column)}::text`,
      type: table.places[at]!.type,
      collate: "",
      descending,
      isNullable: table.places[at]!.isNullable && column !== definition.key,
    })),
    columns: definition.columns?.map(quote).join(", ") ?? "*",
    announce: `select pg_notify(${literal(definition.name)}, '')`,
    witness: witness(definition, table),
    triggers: names.triggers.length,
    title: quote(definition.table),
  };
}
