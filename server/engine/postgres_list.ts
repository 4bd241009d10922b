/**
 * Lists over tables of Postgres.
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import type { PostgresClient } from "./_postgres_client.ts";
import { PostgresList } from "./_postgres_database.ts";
import { define, type SqlListOptions } from "./_sql_definition.ts";
import { type SqlList, SqlTableList } from "./_sql_list.ts";

/** How often the version is looked at all the same while somebody watches, in milliseconds: a line may be dead. */
const EVERY = 30_000;

/**
 * A list over a table of Postgres, by your client. Its `install()` makes triggers, so that every change is seen, whoever
 * makes it; whoever watches is told by `LISTEN`, and looks by itself now and then as well.
 *
 * Whoever changes the list waits for those who do so already, to the end of their transactions: its version counts in the
 * order of commits. A statement of more than 500 rows is one change without steps. A page costs the same anywhere in the
 * list where one near it was read before, and else counts its way from the nearer end.
 *
 * @param sql what `postgres()` of `npm:postgres` gave; it stays yours to end. It must have a connection to spare where the
 * list is used within a transaction of your own
 * @param options `every`: how often to look all the same, 30 s where left out; `onError` is told when a look fails, and the
 * next one comes all the same; `clock`: the system's where left out
 * @throws TypeError where `sql` is no such client, or the definition lacks something
 *
 * @example
 * ```ts
 * import { postgresList } from "@argyle/argyle/sql";
 * import postgres from "postgres";
 * const sql = postgres("postgres://127.0.0.1/shop"); // connects when it is first asked
 * const products = postgresList<{ id: number; name: string }>(sql, {
 *   table: "shop.products",
 *   orderBy: ["price", "name desc"],
 *   where: "active",
 * });
 * console.assert(products.isOrdered && products.name === "postgres");
 * // await products.install();
 * ```
 */
export function postgresList<T extends object = Record<string, unknown>>(
  sql: PostgresClient,
  options: SqlListOptions & {
    readonly every?: number | undefined;
    readonly onError?: ((error: Error) => void) | undefined;
    readonly clock?: Clock | undefined;
  },
): SqlList<T> {
  if (typeof sql?.begin !== "function" || typeof sql.listen !== "function") {
    const what = typeof sql === "function" ? "a function" : String(sql);
    throw new TypeError(
      `Cannot use ${what} as a client of Postgres. Give what postgres() of npm:postgres gives.`,
    );
  }
  const { every = EVERY, onError = () => {}, clock = systemClock } = options, definition = define(options);
  return new SqlTableList<T>(new PostgresList(sql, definition, clock), definition, { every, onError, clock });
}
