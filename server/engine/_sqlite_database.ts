/**
 * A list in SQLite.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { literal, quote, type SqlDefinition } from "./_sql_definition.ts";
import type { SqlDatabase } from "./_sql_list.ts";
import type { Dialect, Shape, Work } from "./_sql_statement.ts";
import { sqliteDdl, sqliteDrop, sqliteFilter, sqliteNames } from "./_sqlite_ddl.ts";
import { type SqliteDatabase, SqliteSession } from "./_sqlite_session.ts";
import { readTable } from "./_sqlite_table.ts";

const dialect: Dialect = {
  isNullLeast: true,
  same: "is",
  lock: "",
  whole: () => "*",
  placeholder: (at) => `?${at}`,
  bound: (value) => value,
};

/** A list over one connection. */
export class SqliteList implements SqlDatabase {
  readonly name = "sqlite";
  readonly #session: SqliteSession;
  readonly #definition: SqlDefinition;

  constructor(db: SqliteDatabase, definition: SqlDefinition, clock: Clock) {
    this.#session = new SqliteSession(db, clock, quote(definition.table));
    this.#definition = definition;
  }

  async shape(): Promise<Shape> {
    return await this.#session.transaction("use", "begin", () => this.#shape());
  }

  async read<R>(make: () => Work<R>): Promise<R> {
    return await this.#session.transaction("read", "begin", () => this.#session.work(make()));
  }

  async write<R>(make: () => Work<R>): Promise<R> {
    return await this.#session.transaction("change", "begin immediate", () => this.#session.work(make()));
  }

  // SQLite tells nobody of what others do: who wants to know has to look.
  listen(): Promise<() => Promise<void>> {
    return Promise.resolve(() => Promise.resolve());
  }

  column(property: string): string {
    return property;
  }

  refuses(value: unknown): string | undefined {
    if (value === null || value instanceof Uint8Array) return undefined;
    // It would be kept, but come back cut off there.
    if (typeof value === "string") {
      return value.includes("\0") ? "a text may have no character NUL" : undefined;
    }
    if (typeof value === "number") return Number.isNaN(value) ? "SQLite would make NULL of it" : undefined;
    if (typeof value === "bigint") {
      return BigInt.asIntN(64, value) === value ? undefined : "a whole number of SQLite has 64 bits";
    }
    return "SQLite keeps numbers, strings, bytes and null";
  }

  async ddl(): Promise<string> {
    return await this.#session.transaction("describe", "begin immediate", () => this.#ddl());
  }

  async install(): Promise<void> {
    await this.#session.transaction("install", "begin immediate", () => {
      if (this.#isInstalled()) return;
      this.#session.exec(this.#ddl());
      this.#session.ask(
        `select 1 from ${quote(this.#definition.table)} where ${this.#shape().filter} limit 1`,
      );
    });
  }

  async uninstall(): Promise<void> {
    await this.#session.transaction("uninstall", "begin immediate", () => {
      this.#session.exec(
        `${sqliteDrop(this.#definition)}\ndrop table if exists ${sqliteNames(this.#definition).state};`,
      );
    });
  }

  #ddl(): string {
    const table = readTable(this.#session, this.#definition, true);
    return `${sqliteDrop(this.#definition)}\n${sqliteDdl(this.#definition, table)}`;
  }

  #isInstalled(): boolean {
    const { triggers } = sqliteNames(this.#definition);
    const [found] = this.#session.ask(this.#witness());
    return Number(found?.["count"]) === triggers.length;
  }

  #witness(): string {
    const names = sqliteNames(this.#definition).triggers.map((name) => literal(name.slice(1, -1)));
    return `select count(*) as count from sqlite_schema where type = 'trigger' and name in (${
      names.join(", ")
    }) ` +
      `and tbl_name = ${literal(this.#definition.table)} collate nocase`;
  }

  #shape(): Shape {
    const definition = this.#definition, table = quote(definition.table);
    const found = readTable(this.#session, definition, false), names = sqliteNames(definition);
    if (!this.#isInstalled()) {
      throw new Error(
        `Cannot use the list of ${table}: its triggers are not in the database. Call its install() once, or run what ` +
          `its ddl() says.`,
      );
    }
    const collations = this.#session.ask(
      "select coll from pragma_index_xinfo(?) where key = 1 order by seqno",
      `${definition.name}_order`,
    );
    return {
      dialect,
      table,
      ordered: `${table} indexed by ${names.order}`,
      state: names.state,
      log: names.log,
      filter: sqliteFilter(definition, found),
      places: definition.places.map(({ column, descending }, at) => ({
        column: quote(column),
        selected: quote(column),
        type: "",
        collate: ` collate ${quote(String(collations[at]?.["coll"]))}`,
        descending,
        isNullable: found.places[at]!.isNullable && column !== definition.key,
      })),
      columns: definition.columns?.map(quote).join(", ") ?? "*",
      announce: "",
      witness: this.#witness(),
      triggers: names.triggers.length,
      title: table,
    };
  }
}
