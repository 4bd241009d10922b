/**
 * What is asked of a client of Postgres, and one way to ask it.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Answer, Statement, Work } from "./_sql_statement.ts";

/**
 * A query of Postgres that is under way, as far as it is used here.
 *
 * @example
 * ```ts
 * import postgres from "postgres";
 * import type { PostgresQuery } from "@argyle/argyle/sql";
 * const ask = (sql: postgres.Sql): PostgresQuery => sql.unsafe("select 1");
 * ```
 */
export interface PostgresQuery extends PromiseLike<unknown> {
  /** Has its rows as lists of bytes, as the server has sent them. */
  raw(): PromiseLike<unknown>;
}

/**
 * A connection that a transaction has, as far as it is used here.
 *
 * @example
 * ```ts
 * import postgres from "postgres";
 * import type { PostgresTransaction } from "@argyle/argyle/sql";
 * const own = (sql: postgres.TransactionSql): PostgresTransaction => sql;
 * ```
 */
export interface PostgresTransaction {
  /** Runs a text of SQL with values for its placeholders. */
  unsafe(query: string, values?: never[], options?: { prepare?: boolean }): PostgresQuery;
}

/**
 * A client of Postgres, as far as it is used here: what `postgres()` of `npm:postgres` gives.
 *
 * @example
 * ```ts
 * import postgres from "postgres";
 * import type { PostgresClient } from "@argyle/argyle/sql";
 * const sql: PostgresClient = postgres("postgres://127.0.0.1/shop"); // connects when it is first asked
 * ```
 */
export interface PostgresClient {
  /** Its settings: which column of the database is meant by a property of an item. */
  readonly options?: {
    readonly transform?: { readonly column?: { readonly to?: ((name: string) => string) | undefined } };
  };
  /** Runs something in a transaction, which is undone when that throws. */
  begin<R>(options: string, run: (sql: PostgresTransaction) => Promise<R>): Promise<unknown>;
  /** Calls back for whatever is told on a channel, and whenever listening has begun, also again. */
  listen(
    channel: string,
    hear: (payload: string) => void,
    listening?: () => void,
  ): PromiseLike<{ unlisten(): Promise<void> }>;
}

/** So long another transaction may be in the way, in milliseconds, before it is an error. */
const PATIENCE = 5000;

/** The longest wait from one try to the next, in milliseconds. */
const PAUSE = 50;

/** Another transaction was in the way: a row is locked, two wait for each other, one was not alone. */
const passing = ["40P01", "55P03", "40001"];

/** Transactions of one client. */
export class PostgresSession {
  readonly #sql: PostgresClient;
  readonly #clock: Clock;
  readonly #title: string;

  /** @param title of the list, for sentences */
  constructor(sql: PostgresClient, clock: Clock, title: string) {
    this.#sql = sql;
    this.#clock = clock;
    this.#title = title;
  }

  /**
   * Does work in a transaction, again and again while another one is in its way.
   *
   * @param verb of a sentence: `read`
   * @param options such as `read only`
   * @throws Error after five seconds of that
   */
  async transaction<R>(verb: string, options: string, make: () => Work<R>): Promise<R> {
    const end = this.#clock.now() + PATIENCE;
    for (let pause = 1;; pause = Math.min(pause * 2, PAUSE)) {
      try {
        return await this.#sql.begin(options, (sql) => drive(sql, make())) as R;
      } catch (error) {
        if (!passing.includes(codeOf(error)) || this.#clock.now() >= end) throw this.#told(verb, error);
      }
      await new Promise<void>((resolve) => void this.#clock.after(pause, resolve));
    }
  }

  /** The column that a property of an item is: the client may have other names for them. */
  column(property: string): string {
    return this.#sql.options?.transform?.column?.to?.(property) ?? property;
  }

  /** Listens on a channel, on a connection of its own. */
  async listen(channel: string, hear: () => void): Promise<() => Promise<void>> {
    try {
      const { unlisten } = await this.#sql.listen(channel, hear, hear);
      return async () => {
        try {
          await unlisten();
        } catch (error) {
          // The client has been ended first: then nobody listens any more.
          if (!codeOf(error).startsWith("CONNECTION_")) throw this.#told("stop watching", error);
        }
      };
    } catch (error) {
      throw this.#told("watch", error);
    }
  }

  // What was thrown by us has no code.
  #told(verb: string, error: unknown): unknown {
    if (!(error instanceof Error) || codeOf(error) === "") return error;
    const lost = /^CONNECTION|^ECONN|^EPIPE/.test(codeOf(error)) && verb === "change";
    const help = lost ? " It may have been done, where the connection was lost after it." : "";
    const message = error.message.replace(/\.?$/, ".");
    return new Error(`Cannot ${verb} the list of ${this.#title}: ${message}${help}`, { cause: error });
  }
}

async function drive<R>(sql: PostgresTransaction, work: Work<R>): Promise<R> {
  let step = work.next([]);
  while (step.done !== true) {
    step = work.next(await Promise.all(step.value.map((statement) => answer(sql, statement))));
  }
  return step.value;
}

async function answer(sql: PostgresTransaction, { kind, text, values, isRare }: Statement): Promise<Answer> {
  const query = sql.unsafe(text, values as never[], { prepare: values.length > 0 && !isRare });
  // As bytes: what the client makes of values, and of the names of columns, is for items alone.
  if (kind === "rows") return (await query.raw() as (Uint8Array | null)[][]).map((row) => row.map(decoded));
  return Array.from(await query as Iterable<unknown>);
}

const decoder = new TextDecoder();

function decoded(value: Uint8Array | null): string | null {
  return value === null ? null : decoder.decode(value);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
