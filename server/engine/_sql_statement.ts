/**
 * Statements of SQL, and work that consists of them: written once, done at once by SQLite and by and by by Postgres.
 *
 * @module
 */

/** How a dialect of SQL says what is not the same in all. */
export interface Dialect {
  /** Whether NULL is less than everything else; else it is more. */
  readonly isNullLeast: boolean;
  /** What compares two values that may be NULL. */
  readonly same: string;
  /** What is written behind a `select` to keep a row for oneself. */
  readonly lock: string;
  /** What is behind a `select` that has all of a row, as few columns as possible. */
  readonly whole: (table: string) => string;
  /** A placeholder for value number `at`, from 1 on, of this type; of that which stands there where left out. */
  readonly placeholder: (at: number, type?: string) => string;
  /** What is bound there for a value of ours. */
  readonly bound: (value: unknown) => unknown;
}

/** Where a list lies in a database: the definition, and what the database has said about it. */
export interface Shape {
  readonly dialect: Dialect;
  /** The table's name, quoted; and how it is read in the list's order, by the list's own index. */
  readonly table: string;
  readonly ordered: string;
  /** The side tables: one row with version and count, and what has happened lately. */
  readonly state: string;
  readonly log: string;
  /** Which rows are in the list; `true` where all are. */
  readonly filter: string;
  /** The columns that say where an item stands. */
  readonly places: readonly ShapePlace[];
  /** What an item has, as it is selected. */
  readonly columns: string;
  /** Tells those who listen that something has changed; empty where nobody can. */
  readonly announce: string;
  /** Says how many of its triggers are there. */
  readonly witness: string;
  readonly triggers: number;
  /** For sentences. */
  readonly title: string;
}

/** One of the columns that say where an item stands, as the database has it. The last one is the key. */
export interface ShapePlace {
  /** Quoted. */
  readonly column: string;
  /** As it is selected, so that nothing of its value is lost on the way. */
  readonly selected: string;
  readonly type: string;
  /** ` collate NOCASE`, where that has to be said. */
  readonly collate: string;
  readonly descending: boolean;
  readonly isNullable: boolean;
}

/** A statement: `rows` gives values in the order selected, `items` objects as the user has them, `run` nothing. */
export interface Statement {
  readonly kind: "rows" | "items" | "run";
  readonly text: string;
  readonly values: readonly unknown[];
  /** Whether its text is one of very many, and not worth to be kept prepared. */
  readonly isRare: boolean;
}

/** What a statement has given. */
export type Rows = readonly (readonly unknown[])[];

/** Work in one transaction: gives out statements that may be asked together, gets what each has given. */
export type Work<R> = Generator<readonly Statement[], R, readonly Answer[]>;

/** Of a statement: rows or items. */
export type Answer = readonly unknown[];

/** A statement in the making: its text is put together with placeholders, its values are kept. */
export class Query {
  readonly #dialect: Dialect;
  readonly #values: unknown[] = [];
  #isRare = false;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** Keeps a value of ours; gives its placeholder. */
  add(value: unknown, type: string): string {
    this.#values.push(this.#dialect.bound(value));
    return this.#dialect.placeholder(this.#values.length, type);
  }

  /** Keeps a whole number; gives its placeholder. */
  number(value: number): string {
    return this.add(BigInt(value), "bigint");
  }

  /** Keeps a value of the user's, as it is; gives its placeholder. Which columns there are, an item says. */
  item(value: unknown): string {
    this.rare();
    this.#values.push(value);
    return this.#dialect.placeholder(this.#values.length);
  }

  /** Says that there are very many texts of its kind. */
  rare(): void {
    this.#isRare = true;
  }

  rows(text: string): Statement {
    return this.#as("rows", text);
  }

  items(text: string): Statement {
    return this.#as("items", text);
  }

  run(text: string): Statement {
    return this.#as("run", text);
  }

  #as(kind: Statement["kind"], text: string): Statement {
    return { kind, text, values: this.#values, isRare: this.#isRare };
  }
}

/** Asks one statement for its rows. */
export function* rowsOf(statement: Statement): Work<Rows> {
  const [rows = []] = yield [statement];
  return rows as Rows;
}

/** Asks one statement for one number. */
export function* numberOf(statement: Statement): Work<number> {
  const [row] = yield* rowsOf(statement);
  return Number(row?.[0]);
}

/** Whether a value that was selected is true, whichever database it is from. */
export function isTrue(value: unknown): boolean {
  return value === 1n || value === "t" || value === true;
}

/** Expressions as they are selected, each by a name of its own. */
export function selected(expressions: readonly string[]): string {
  return expressions.map((expression, at) => `${expression} as c${at}`).join(", ");
}
