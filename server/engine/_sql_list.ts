/**
 * A list over a table of a database of SQL, whichever it is.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { ListChange, ListSlice, ListSource, ListWatch } from "../../socksync/source.ts";
import { Anchors } from "./_sql_anchors.ts";
import type { SqlDefinition } from "./_sql_definition.ts";
import { type Found, readSlice, stand } from "./_sql_reading.ts";
import type { Shape, Work } from "./_sql_statement.ts";
import { lastChange } from "./_sql_steps.ts";
import { SqlWatch } from "./_sql_watch.ts";
import { deleteRow, insertRow, Meanwhile, readRow, updateRow } from "./_sql_writing.ts";
import { Turns } from "./turns.ts";

/** A database, as a list needs it. */
export interface SqlDatabase {
  /** A word for logs. */
  readonly name: string;
  /** What the database says about the table; asked again by whoever asks again. */
  shape(): Promise<Shape>;
  /** Does work that reads, at one moment; `make` is called again where the database was in the way. */
  read<R>(make: () => Work<R>): Promise<R>;
  /** Does work that writes, alone. */
  write<R>(make: () => Work<R>): Promise<R>;
  /** Calls back when the list may have changed, if the database says so by itself. */
  listen(hear: () => void): Promise<() => Promise<void>>;
  /** The column that a property of an item is. */
  column(property: string): string;
  /** Whether a value can be bound, else a sentence's end about why not. */
  refuses(value: unknown): string | undefined;
  ddl(): Promise<string>;
  install(): Promise<void>;
  uninstall(): Promise<void>;
}

/**
 * A list over a table, and what it needs in the database.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { sqliteList, type SqlList } from "@argyle/argyle/sql";
 * const db = new DatabaseSync(":memory:");
 * db.exec("create table products (id integer primary key, name text, price real)");
 * const products: SqlList<{ id: number; name: string }> = sqliteList(db, { table: "products", orderBy: "price" });
 * await products.install();
 * ```
 */
export interface SqlList<T> extends ListSource<T> {
  /** Others have the items too. */
  readonly isShared: true;
  /** Its columns say where an item stands. */
  readonly isOrdered: true;
  /**
   * Makes triggers, side tables and an index in the database, where they are not there; what is there stays. Others cannot
   * write to the table meanwhile, and all rows are counted once.
   *
   * @throws Error where the table or a column is missing, or the condition cannot be used
   */
  install(): Promise<void>;
  /** The same as SQL, for a migration of your own. */
  ddl(): Promise<string>;
  /** Takes all of it out of the database again. */
  uninstall(): Promise<void>;
  /** Reads a stretch. */
  read(start: number, end: number): Promise<ListSlice<T>>;
  /** Adds a row; its index is left out, for the order says where it stands. Columns that an item lacks have their defaults. */
  insert(index: undefined, value: T): Promise<ListChange<T>>;
  /** Changes the columns of a row that the new item has otherwise; columns that it lacks stay as they are. */
  update(index: number, change: (item: T) => T | Promise<T>): Promise<ListChange<T>>;
  /** Removes a row. */
  delete(index: number): Promise<ListChange<T>>;
  /** Begins to tell of all changes, whoever makes them. */
  watch(tell: (change: ListChange<T>) => void): Promise<ListWatch>;
}

/** What is the same for all databases of SQL. */
export interface SqlListSettings {
  readonly clock: Clock;
  readonly every: number;
  readonly onError: (error: Error) => void;
}

/** So many times others may be faster before an update is given up. */
const PATIENCE = 100;

/** How long who was overtaken is let go first, in milliseconds. */
const TURN = 1000;

/** A list over a table. */
export class SqlTableList<T> implements SqlList<T> {
  readonly isShared = true;
  readonly isOrdered = true;
  readonly name: string;
  readonly #db: SqlDatabase;
  readonly #definition: SqlDefinition;
  readonly #settings: SqlListSettings;
  readonly #turns: Turns;
  #shape: Promise<Shape> | undefined;
  #known: Anchors = Anchors.none;

  constructor(db: SqlDatabase, definition: SqlDefinition, settings: SqlListSettings) {
    this.name = db.name;
    this.#db = db;
    this.#definition = definition;
    this.#settings = settings;
    this.#turns = new Turns(settings.clock);
  }

  async read(start: number, end: number): Promise<ListSlice<T>> {
    const shape = await this.#see();
    return await this.#keep(this.#db.read(() => readSlice(shape, this.#known, start, end))) as ListSlice<T>;
  }

  async insert(index: number | undefined, value: T): Promise<ListChange<T>> {
    if (index !== undefined) {
      const order = this.#definition.places.map(({ column }) => column).join(", ");
      throw new TypeError(`Cannot insert at ${index}: the list is ordered by ${order}. Leave the index out.`);
    }
    const shape = await this.#see(), values = this.#valuesOf(value);
    return await this.#keep(this.#db.write(() => insertRow(shape, this.#known, values))) as ListChange<T>;
  }

  async delete(index: number): Promise<ListChange<T>> {
    const shape = await this.#see();
    return await this.#keep(this.#db.write(() => deleteRow(shape, this.#known, index))) as ListChange<T>;
  }

  async update(index: number, change: (item: T) => T | Promise<T>): Promise<ListChange<T>> {
    const shape = await this.#see();
    let giveBack = () => {};
    try {
      await this.#turns.quiet("update");
      for (let tries = 0; tries < PATIENCE; tries++) {
        const held = await this.#keep(this.#db.read(() => readRow(shape, this.#known, index)));
        const values = this.#valuesOf(await change(held.item as T), held.item as T);
        try {
          return await this.#keep(
            this.#db.write(() => updateRow(shape, this.#known, index, held, values)),
          ) as ListChange<T>;
        } catch (error) {
          if (!(error instanceof Meanwhile)) throw error;
          if (tries === 0) giveBack = await this.#turns.take("update", TURN);
        }
      }
    } finally {
      giveBack();
    }
    throw new Error(
      `Cannot update item ${index} of ${shape.title}: others have changed it ${PATIENCE} times meanwhile.`,
    );
  }

  async watch(tell: (change: ListChange<T>) => void): Promise<ListWatch> {
    const shape = await this.#see();
    const { version } = await this.#db.read(() => stand(shape, this.#known));
    const { clock, every, onError } = this.#settings;
    const watch = new SqlWatch(
      {
        clock,
        every,
        look: (since) => this.#look(shape, since),
        failed: (error) => onError(error instanceof Error ? error : new Error(String(error))),
      },
      version,
      (change) => tell(change as ListChange<T>),
    );
    try {
      const deafen = await this.#db.listen(() => watch.look());
      return {
        async [Symbol.dispose]() {
          await Promise.all([watch.stop(), deafen()]);
        },
      };
    } catch (error) {
      await watch.stop();
      throw error;
    }
  }

  async install(): Promise<void> {
    this.#shape = undefined;
    await this.#db.install();
  }

  async ddl(): Promise<string> {
    return await this.#db.ddl();
  }

  async uninstall(): Promise<void> {
    this.#shape = undefined;
    this.#known = Anchors.none;
    await this.#db.uninstall();
  }

  async #look(shape: Shape, since: number): Promise<ListChange<unknown> | undefined> {
    const work = function* (known: Anchors): Work<Found<ListChange<unknown> | undefined>> {
      const standing = yield* stand(shape, known);
      if (standing.version === since) return { result: undefined, anchors: standing.anchors };
      return yield* lastChange(shape, standing, since);
    };
    return await this.#keep(this.#db.read(() => work(this.#known)));
  }

  /** What the database says about the table; an error is not kept, for it may be put right. */
  #see(): Promise<Shape> {
    this.#shape ??= this.#db.shape().catch((error) => {
      this.#shape = undefined;
      throw error;
    });
    return this.#shape;
  }

  /** Keeps what work has found out, now that its transaction is over; what is older than what is known is of no use. */
  async #keep<R>(work: Promise<Found<R>>): Promise<R> {
    const { result, anchors } = await work;
    if (anchors.version >= this.#known.version) this.#known = anchors;
    return result;
  }

  /** The columns of an item that are to be written: all, or those that are not as they were. */
  #valuesOf(item: T, old?: T): Map<string, unknown> {
    if (typeof item !== "object" || item === null || Array.isArray(item)) {
      throw new TypeError(
        `Cannot write ${String(item)} into ${this.#definition.table}: an item is an object.`,
      );
    }
    const before = old as Record<string, unknown> | undefined, values = new Map<string, unknown>();
    for (const [column, value] of Object.entries(item)) {
      if (before !== undefined && Object.hasOwn(before, column) && Object.is(before[column], value)) continue;
      const why = value === undefined ? "say null, or leave it out" : this.#db.refuses(value);
      if (why !== undefined) {
        const what = `the column ${JSON.stringify(column)} of ${this.#definition.table}`;
        const shown = typeof value === "object"
          ? "an object"
          : typeof value === "string"
          ? "a text"
          : String(value);
        throw new TypeError(
          `Cannot write ${shown} into ${what}: ${why}.`,
        );
      }
      values.set(this.#db.column(column), value);
    }
    return values;
  }
}
