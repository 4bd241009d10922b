/**
 * Lists over tables of SQLite.
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import { define, type SqlListOptions } from "./_sql_definition.ts";
import { type SqlList, SqlTableList } from "./_sql_list.ts";
import { SqliteList } from "./_sqlite_database.ts";
import type { SqliteDatabase } from "./_sqlite_session.ts";

/** How often the version is looked at while somebody watches, in milliseconds. */
const EVERY = 200;

/**
 * A list over a table of SQLite, by `node:sqlite`. Its `install()` makes triggers, so that every change is seen, whoever
 * makes it: your own SQL, another process. While somebody looks at the list its version is looked at from time to time.
 *
 * A change costs what SQLite takes for it; a page costs the same anywhere in the list where one near it was read before,
 * and else counts its way from the nearer end. Columns of an item are written as they are, always as bound values.
 *
 * @param db what `new DatabaseSync(path)` gave; it stays yours to close. A transaction of your own on it must be over
 * before the list is used: of what can be undone nothing is told
 * @param options `every`: how often to look for changes of others, 200 ms where left out; `onError` is told when a look
 * fails, and the next one comes all the same; `clock`: the system's where left out
 * @throws TypeError where `db` is no such connection, or the definition lacks something
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { sqliteList } from "@argyle/argyle/sql";
 * const db = new DatabaseSync(":memory:");
 * db.exec("create table products (id integer primary key, name text not null, price real not null)");
 * const products = sqliteList<{ id?: number; name: string; price: number }>(db, { table: "products", orderBy: "price" });
 * await products.install();
 * await products.insert(undefined, { name: "tea", price: 3.5 });
 * db.exec("insert into products (name, price) values ('milk', 1.2)");
 * const { items } = await products.read(0, 10);
 * console.assert(items[0]?.name === "milk");
 * ```
 */
export function sqliteList<T extends object = Record<string, unknown>>(
  db: SqliteDatabase,
  options: SqlListOptions & {
    readonly every?: number | undefined;
    readonly onError?: ((error: Error) => void) | undefined;
    readonly clock?: Clock | undefined;
  },
): SqlList<T> {
  if (typeof db?.prepare !== "function" || typeof db.exec !== "function") {
    throw new TypeError(
      `Cannot use ${String(db)} as a connection of SQLite. Give what new DatabaseSync() gives.`,
    );
  }
  const { every = EVERY, onError = () => {}, clock = systemClock } = options, definition = define(options);
  return new SqlTableList<T>(new SqliteList(db, definition, clock), definition, { every, onError, clock });
}
