/**
 * Transactions on a connection of SQLite. It answers at once, so nobody else comes between the statements of one.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Answer, Statement, Work } from "./_sql_statement.ts";

/**
 * What SQLite keeps in a column.
 *
 * @example
 * ```ts
 * import type { SqliteValue } from "@argyle/argyle/sql";
 * const values: SqliteValue[] = [null, 7, 7n, 0.5, "tea", new Uint8Array([1, 2])];
 * ```
 */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/**
 * A prepared statement, as far as it is used here: that of `node:sqlite`.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import type { SqliteStatement } from "@argyle/argyle/sql";
 * const statement: SqliteStatement = new DatabaseSync(":memory:").prepare("select 1 as one");
 * ```
 */
export interface SqliteStatement {
  /** Runs it, and gives its rows. */
  all(...values: SqliteValue[]): unknown[];
  /** Whether whole numbers are given as bigints. */
  setReadBigInts(isOn: boolean): unknown;
}

/**
 * A connection of SQLite, as far as it is used here: `DatabaseSync` of `node:sqlite`.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import type { SqliteDatabase } from "@argyle/argyle/sql";
 * const db: SqliteDatabase = new DatabaseSync(":memory:");
 * ```
 */
export interface SqliteDatabase {
  /** Runs statements that give nothing. */
  exec(sql: string): unknown;
  /** Prepares one statement. */
  prepare(sql: string): SqliteStatement;
}

/** So long others may have the file, in milliseconds, before it is an error. */
const PATIENCE = 5000;

/** The longest wait from one try to the next, in milliseconds. */
const PAUSE = 50;

/** Statements are kept prepared; few more than a list has. */
const KEPT = 200;

/** Transactions on one connection. */
export class SqliteSession {
  readonly #db: SqliteDatabase;
  readonly #clock: Clock;
  readonly #title: string;
  readonly #prepared = new Map<string, SqliteStatement>();

  /** @param title of the list, for sentences */
  constructor(db: SqliteDatabase, clock: Clock, title: string) {
    this.#db = db;
    this.#clock = clock;
    this.#title = title;
  }

  /**
   * Does work in a transaction, again and again while another connection is in its way.
   *
   * @param verb of a sentence: `read`
   * @throws Error after five seconds of that; at once where the connection is in a transaction of the user's
   */
  async transaction<R>(verb: string, begin: string, run: () => R): Promise<R> {
    const end = this.#clock.now() + PATIENCE;
    for (let pause = 1;; pause = Math.min(pause * 2, PAUSE)) {
      try {
        return this.#once(begin, run);
      } catch (error) {
        if (!isInTheWay(error)) throw this.#told(verb, error);
        if (this.#clock.now() >= end) {
          throw this.#told(verb, error, `another connection has had it for more than ${PATIENCE} ms: `);
        }
      }
      await new Promise<void>((resolve) => void this.#clock.after(pause, resolve));
    }
  }

  /** Does work, statement by statement; within a transaction. */
  work<R>(work: Work<R>): R {
    let step = work.next([]);
    while (step.done !== true) step = work.next(step.value.map((statement) => this.#answer(statement)));
    return step.value;
  }

  /** Asks about the database itself. */
  ask(sql: string, ...values: SqliteValue[]): readonly Readonly<Record<string, unknown>>[] {
    return this.#db.prepare(sql).all(...values) as Readonly<Record<string, unknown>>[];
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** Runs something, and undoes in the database whatever it has done; within a transaction. */
  undone<R>(run: () => R): R {
    this.#db.exec("savepoint argyle_twin");
    try {
      return run();
    } finally {
      this.#db.exec("rollback to argyle_twin; release argyle_twin");
    }
  }

  #once<R>(begin: string, run: () => R): R {
    // Prepared: of an error of exec(), Deno does not say which one it is.
    this.ask(begin);
    try {
      const result = run();
      this.ask("commit");
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  // Some errors have ended the transaction already; then there is nothing to undo, and the error is the one to tell.
  #rollback(): void {
    try {
      this.#db.exec("rollback");
    } catch (error) {
      if (!/no transaction is active|not open/.test(String(error))) throw error;
    }
  }

  #answer({ kind, text, values, isRare }: Statement): Answer {
    const statement = this.#prepare(kind, text, isRare);
    const rows = statement.all(...values as SqliteValue[]) as Record<string, unknown>[];
    // SQLite gives objects without a prototype, which compare as other ones than those that a user writes.
    return rows.map((row) => kind === "rows" ? Object.values(row) : { ...row });
  }

  #prepare(kind: string, text: string, isRare: boolean): SqliteStatement {
    const key = `${kind} ${text}`;
    let statement = this.#prepared.get(key);
    if (statement === undefined) {
      statement = this.#db.prepare(text);
      // What marks a place must come back as it was, beyond 2 ** 53 too.
      statement.setReadBigInts(kind === "rows");
      if (isRare) return statement;
      if (this.#prepared.size >= KEPT) this.#prepared.clear();
      this.#prepared.set(key, statement);
    }
    return statement;
  }

  #told(verb: string, error: unknown, open = ""): unknown {
    if (!isOfSqlite(error)) return error;
    // Behind that stands all of the text that was to be run.
    const [message = ""] = (error instanceof Error ? error.message : String(error)).split(" in \n");
    const help = message.includes("within a transaction")
      ? "this connection is in a transaction of your own, which might be undone. Commit it first, or give the list a " +
        "connection of its own"
      : message.includes("not open")
      ? "the connection has been closed"
      : message;
    return new Error(`Cannot ${verb} the list of ${this.#title}: ${open}${help}.`, { cause: error });
  }
}

/** What SQLite itself, or its driver, has thrown; not what was thrown by us. */
function isOfSqlite(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^ERR_/.test(String(error.code));
}

/** SQLITE_BUSY and SQLITE_LOCKED, with whatever SQLite says of them further. */
function isInTheWay(error: unknown): boolean {
  if (!(error instanceof Error) || !("errcode" in error)) return false;
  return [5, 6].includes(Number(error.errcode) & 0xff);
}
