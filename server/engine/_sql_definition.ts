/**
 * What a list over a table is, as its developer has written it down.
 *
 * @module
 */

import { createHash } from "node:crypto";

/**
 * By which column a list is ordered: its name, with ` desc` behind it where it falls. An object is for a column whose
 * name is more than a word.
 *
 * @example
 * ```ts
 * import type { SqlOrder } from "@argyle/argyle/sql";
 * const orders: SqlOrder[] = ["price", "price desc", { column: "list price", descending: true }];
 * ```
 */
export type SqlOrder = string | { readonly column: string; readonly descending?: boolean | undefined };

/**
 * What a list over a table is. All of it is the developer's own text, and no place for what a stranger has written.
 *
 * @example
 * ```ts
 * import type { SqlListOptions } from "@argyle/argyle/sql";
 * const cheap: SqlListOptions = { table: "products", orderBy: ["price", "name desc"], where: "active = 1" };
 * ```
 */
export interface SqlListOptions {
  /** The table; in Postgres with its schema before it where it is not on the search path: `shop.products`. */
  readonly table: string;
  /** The order; what is equal in all of these columns stands by its key. NULL stands where the database has it. */
  readonly orderBy: SqlOrder | readonly SqlOrder[];
  /** The column that names a row: unique by itself. `id` where left out. */
  readonly key?: string | undefined;
  /**
   * Which rows are in the list: a condition in SQL on columns of the row alone, such as `active = 1`. It has no parameters,
   * for triggers have it too. All rows where left out.
   */
  readonly where?: string | undefined;
  /** The columns of an item; all of the table where left out. */
  readonly columns?: readonly string[] | undefined;
}

/** One of the columns that say where an item stands. */
export interface Place {
  readonly column: string;
  readonly descending: boolean;
}

/** A list over a table, read and checked as far as that can be without the database. */
export interface SqlDefinition {
  readonly table: string;
  readonly key: string;
  /** The columns of the order, and the key as the last of them: two rows never have all in common. */
  readonly places: readonly Place[];
  readonly where: string | undefined;
  readonly columns: readonly string[] | undefined;
  /** How everything is called that the list has in the database: one name for each definition. */
  readonly name: string;
}

/** Counted up when triggers or side tables become other ones, so that both can stand beside each other. */
const FORM = 1;

/** @throws TypeError where something is missing or is of another kind */
export function define({ table, orderBy, key = "id", where, columns }: SqlListOptions): SqlDefinition {
  const orders: readonly SqlOrder[] = Array.isArray(orderBy) ? orderBy : [orderBy];
  const places = [...orders.map(place), { column: key, descending: false }];
  // What stands behind the key orders nothing any more.
  const last = places.findIndex(({ column }) => column === key);
  const used = places.slice(0, last + 1);
  for (const name of [table, ...used.map(({ column }) => column), ...columns ?? []]) checkName(name);
  if (new Set(used.map(({ column }) => column)).size < used.length) {
    throw new TypeError(`Cannot order the list of ${table}: a column is named twice.`);
  }
  if (where !== undefined) checkCondition(table, where);
  if (columns?.length === 0) {
    throw new TypeError(`Cannot make a list of ${table}: its items have no columns.`);
  }
  const text = JSON.stringify([FORM, table, key, used, where ?? null]);
  const name = `argyle_list_${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
  return { table, key, places: used, where, columns, name };
}

/** A name as an identifier of SQL, whatever is in it. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal of SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const word = /^\s*([\p{L}_][\p{L}\p{N}_$]*)(?:\s+(asc|desc))?\s*$/iu;

function place(order: SqlOrder): Place {
  if (typeof order === "object" && order !== null) {
    return { column: order.column, descending: order.descending ?? false };
  }
  const [, column, direction] = word.exec(typeof order === "string" ? order : "") ?? [];
  if (column === undefined) {
    const given = JSON.stringify(order);
    throw new TypeError(
      `Cannot order a list by ${given}: give the name of a column, "price" or "price desc", or { column, descending } ` +
        `where it is more than a word.`,
    );
  }
  return { column, descending: direction?.toLowerCase() === "desc" };
}

function checkName(name: unknown): void {
  if (typeof name === "string" && name !== "" && !name.includes("\0")) return;
  throw new TypeError(`Cannot make a list with ${JSON.stringify(name)} as the name of a table or column.`);
}

function checkCondition(table: string, where: unknown): void {
  const open = `Cannot make a list of ${table} where ${JSON.stringify(where)}: `;
  if (typeof where !== "string" || where.trim() === "") {
    throw new TypeError(`${open}give a condition in SQL.`);
  }
  // It stands in brackets, in queries and in triggers: a comment or a semicolon would take the rest of them away.
  const bare = where.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "''");
  if (/;|--|\/\*|\$argyle\$|\0/.test(bare) || where.includes("$argyle$")) {
    throw new TypeError(`${open}it may have no semicolon and no comment.`);
  }
  if (/\?|[$:@]\w/.test(bare.replaceAll("::", ""))) {
    throw new TypeError(`${open}it may have no parameters, for triggers have none. Write the value itself.`);
  }
}
