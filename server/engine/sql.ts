/**
 * Lists over tables: of SQLite by `node:sqlite`, of Postgres by your `npm:postgres`. Triggers see every change, whoever
 * makes it.
 *
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { sqliteList } from "@argyle/argyle/sql";
 *
 * const db = new DatabaseSync(":memory:");
 * db.exec("create table products (id integer primary key, name text, price real, active integer)");
 * const products = sqliteList(db, { table: "products", orderBy: ["price", "name desc"], where: "active = 1" });
 * await products.install(); // triggers, a counter and a short log; once, or as a migration by its ddl()
 * ```
 *
 * @module
 */

export type { SqlListOptions, SqlOrder } from "./_sql_definition.ts";
export type { SqlList } from "./_sql_list.ts";
export type { ListChange, ListSlice, ListSource, ListStep, ListWatch } from "../../socksync/source.ts";
export type { PostgresClient, PostgresQuery, PostgresTransaction } from "./_postgres_client.ts";
export type { SqliteDatabase, SqliteStatement, SqliteValue } from "./_sqlite_session.ts";
export { postgresList } from "./postgres_list.ts";
export { sqliteList } from "./sqlite_list.ts";
