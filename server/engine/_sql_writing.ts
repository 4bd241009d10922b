/**
 * How a list is changed in SQL. Nobody else changes it from the first statement of such work to the end of its
 * transaction; what the change was is read from the log, as the triggers have written it.
 *
 * @module
 */

import type { ListChange } from "../../socksync/source.ts";
import type { Anchors } from "./_sql_anchors.ts";
import { quote } from "./_sql_definition.ts";
import type { Mark } from "./_sql_order.ts";
import { type Found, markAt, stand, type Standing } from "./_sql_reading.ts";
import { isRow, itemOf, lastChange } from "./_sql_steps.ts";
import { Query, rowsOf, type Shape, type Work } from "./_sql_statement.ts";

/** An item that is about to be changed. */
export interface Held {
  readonly item: unknown;
  readonly mark: Mark;
  /** All that the row has, as a text that is another one when anything of it is. */
  readonly print: string;
  readonly version: number;
}

/** Thrown where an item is another one than it was, so that the transaction is undone. */
export class Meanwhile extends Error {
  override readonly name = "Meanwhile";
}

/** Adds a row, with these values in its columns. */
export function* insertRow(
  shape: Shape,
  known: Anchors,
  values: ReadonlyMap<string, unknown>,
): Work<Found<Change>> {
  const standing = yield* stand(shape, known, true);
  const query = new Query(shape.dialect), columns = [...values.keys()].map(quote).join(", ");
  const places = [...values.values()].map((value) => query.item(value)).join(", ");
  const rest = values.size === 0 ? "default values" : `(${columns}) values (${places})`;
  yield [query.run(`insert into ${shape.table} ${rest}`)];
  return yield* changed(shape, standing);
}

/** Removes the row at an index. */
export function* deleteRow(shape: Shape, known: Anchors, index: number): Work<Found<Change>> {
  const standing = yield* stand(shape, known, true);
  checkIndex("delete", index, standing.count);
  const mark = yield* markAt(shape, standing, index);
  const query = new Query(shape.dialect);
  yield* hold(shape, mark);
  yield [query.run(`delete from ${shape.table} where ${isRow(shape, query, mark)}`)];
  return yield* changed(shape, standing, `Cannot delete item ${index} of ${shape.title}`);
}

/** Reads the row at an index, in order to change it. */
export function* readRow(shape: Shape, known: Anchors, index: number): Work<Found<Held>> {
  const standing = yield* stand(shape, known);
  checkIndex("update", index, standing.count);
  const mark = yield* markAt(shape, standing, index);
  const item = yield* itemOf(shape, mark), print = yield* printOf(shape, mark);
  const anchors = standing.anchors.with([{ index, mark }]);
  return { result: { item, mark, print, version: standing.version }, anchors };
}

/**
 * Puts values into the row that was read, if it is still that row at that index.
 *
 * @throws Meanwhile where it is not
 */
export function* updateRow(
  shape: Shape,
  known: Anchors,
  index: number,
  held: Held,
  values: ReadonlyMap<string, unknown>,
): Work<Found<Change>> {
  const standing = yield* stand(shape, known, true);
  if (standing.version !== held.version) {
    if (index >= standing.count) throw new Meanwhile();
    const mark = yield* markAt(shape, standing, index);
    if (String(mark.at(-1)) !== String(held.mark.at(-1))) throw new Meanwhile();
  }
  yield* hold(shape, held.mark);
  if ((yield* printOf(shape, held.mark)) !== held.print) throw new Meanwhile();
  // Nothing is written, but whoever has changed something is told which version that was.
  if (values.size === 0) return yield* lastChange(shape, yield* outside(shape, standing), standing.version);
  const query = new Query(shape.dialect);
  const sets = Array.from(values, ([column, value]) => `${quote(column)} = ${query.item(value)}`).join(", ");
  yield [query.run(`update ${shape.table} set ${sets} where ${isRow(shape, query, held.mark)}`)];
  return yield* changed(shape, standing, `Cannot update item ${index} of ${shape.title}`);
}

type Change = ListChange<unknown>;

/** @throws RangeError for an index that is none */
function checkIndex(verb: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(`Cannot ${verb} at ${index}: the list has ${count} items.`);
}

/** What has happened since, by this transaction alone. */
function* changed(shape: Shape, before: Standing, refused?: string): Work<Found<Change>> {
  let after = yield* stand(shape, before.anchors);
  if (after.version === before.version) {
    // A trigger of the user's may say that nothing is done; SQL does not call that an error.
    if (refused !== undefined) {
      throw new Error(`${refused}: a trigger or a rule of the table has kept it as it is.`);
    }
    after = yield* outside(shape, before);
  }
  return yield* lastChange(shape, after, before.version);
}

/** What changes nothing of the list has its version all the same, where it was done through the list. */
function* outside(shape: Shape, { anchors, version }: Standing): Work<Standing> {
  const counting = new Query(shape.dialect), logging = new Query(shape.dialect);
  const columns = "version, was_in, is_in";
  yield [counting.run(`update ${shape.state} set version = ${counting.number(version + 1)}`)];
  yield [
    logging.run(
      `insert into ${shape.log} (${columns}) values (${logging.number(version + 1)}, false, false)`,
    ),
  ];
  if (shape.announce !== "") yield [new Query(shape.dialect).run(shape.announce)];
  return yield* stand(shape, anchors);
}

function* hold(shape: Shape, mark: Mark): Work<void> {
  if (shape.dialect.lock === "") return;
  const query = new Query(shape.dialect);
  // Not waiting: who has the row may wait for the list, which is ours now.
  const text = `select 1 as c0 from ${shape.table} where ${
    isRow(shape, query, mark)
  }${shape.dialect.lock} nowait`;
  yield [query.run(text)];
}

function* printOf(shape: Shape, mark: Mark): Work<string> {
  const query = new Query(shape.dialect);
  const [row] = yield* rowsOf(query.rows(
    `select ${shape.dialect.whole(shape.table)} from ${shape.table} where ${isRow(shape, query, mark)}`,
  ));
  return (row ?? []).map((value) => `${typeof value} ${String(value)}`).join("\n");
}
