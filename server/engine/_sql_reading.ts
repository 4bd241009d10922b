/**
 * How a list is read in SQL: near what is known by its neighbours, else by counting from the nearer end.
 *
 * @module
 */

import type { ListSlice } from "../../socksync/source.ts";
import type { Anchor, Anchors } from "./_sql_anchors.ts";
import { type Mark, orderBy, pieces } from "./_sql_order.ts";
import { numberOf, Query, rowsOf, selected, type Shape, type Work } from "./_sql_statement.ts";

/** How a list stands in one transaction, with what is known of it there. */
export interface Standing {
  readonly version: number;
  readonly count: number;
  readonly anchors: Anchors;
}

/** What a piece of work has found out, and what is known now that it is done. */
export interface Found<R> {
  readonly result: R;
  readonly anchors: Anchors;
}

/**
 * Begins every work on a list: how it stands.
 *
 * @param isWriting whether nobody else may change it until the transaction is over
 * @throws Error where its triggers are missing
 */
export function* stand(shape: Shape, known: Anchors, isWriting = false): Work<Standing> {
  const query = new Query(shape.dialect);
  const logged = `(select count(*) from ${shape.log} where version > ${query.number(known.version)})`;
  // The lock first: what is counted beside it would be from before it was had.
  if (isWriting && shape.dialect.lock !== "") {
    yield [new Query(shape.dialect).run(`select 1 as c0 from ${shape.state}${shape.dialect.lock}`)];
  }
  const [row] = yield* rowsOf(query.rows(
    `select version as c0, count as c1, ${logged} as c2, (${shape.witness}) as c3 from ${shape.state}`,
  ));
  if (row === undefined || Number(row[3]) !== shape.triggers) {
    throw new Error(
      `Cannot use the list of ${shape.title}: its triggers are not in the database. Call its install() once, or run ` +
        `what its ddl() says.`,
    );
  }
  const [version, count, steps] = row.map(Number) as [number, number, number];
  return { version, count, anchors: yield* known.follow(shape, version, steps) };
}

/** Reads a stretch. */
export function* readSlice(
  shape: Shape,
  known: Anchors,
  start: number,
  end: number,
): Work<Found<ListSlice<unknown>>> {
  const { version, count, anchors } = yield* stand(shape, known);
  const last = Math.min(end, count);
  if (start >= last) return { result: { version, count, items: [] }, anchors };
  let stretch = yield* near(shape, anchors, count, start, last);
  // Whatever has gone wrong with what is known, such as rows that were written past the triggers: counting finds them.
  if (stretch?.items.length !== last - start) stretch = yield* jump(shape, count, start, last);
  const { items, marks } = stretch;
  const edges = [0, items.length - 1].flatMap((at) => {
    const mark = marks[at];
    return mark === undefined ? [] : [{ index: start + at, mark }];
  });
  return { result: { version, count, items }, anchors: anchors.with(edges) };
}

/** Where the item at an index stands; the index is one of the list. */
export function* markAt(shape: Shape, { anchors, count }: Standing, index: number): Work<Mark> {
  const anchor = nearer(anchors, count, index, index + 1);
  const found = anchor && (yield* hop(shape, anchor, index));
  if (found !== undefined) return found;
  const mark = yield* countTo(shape, count, index);
  if (mark === undefined) {
    throw new Error(
      `Cannot find item ${index} of ${shape.title}: the list counts ${count} items, and has fewer. Something has ` +
        `written past its triggers; drop them by uninstall() and install() them again.`,
    );
  }
  return mark;
}

interface Stretch {
  readonly items: readonly unknown[];
  readonly marks: readonly Mark[];
}

/** A stretch from the nearest place that is known, if that is nearer than both ends. */
function* near(
  shape: Shape,
  anchors: Anchors,
  count: number,
  start: number,
  end: number,
): Work<Stretch | undefined> {
  const anchor = nearer(anchors, count, start, end);
  if (anchor === undefined) return undefined;
  if (anchor.index <= start) {
    const mark = yield* hop(shape, anchor, start);
    return mark && (yield* along(shape, mark, end - start, false, true));
  }
  if (anchor.index >= end - 1) {
    const mark = yield* hop(shape, anchor, end - 1);
    return mark && reversed(yield* along(shape, mark, end - start, true, true));
  }
  const before = reversed(yield* along(shape, anchor.mark, anchor.index - start, true, false));
  const from = yield* along(shape, anchor.mark, end - anchor.index, false, true);
  return { items: [...before.items, ...from.items], marks: [...before.marks, ...from.marks] };
}

function nearer(anchors: Anchors, count: number, start: number, end: number): Anchor | undefined {
  const away = ({ index }: Anchor) => index <= start ? start - index : Math.max(index - end + 1, 0);
  const [best] = [anchors.nearest(start), anchors.nearest(end - 1)].filter((anchor) => anchor !== undefined)
    .sort((a, b) => away(a) - away(b));
  return best !== undefined && away(best) <= Math.min(start, count - end) ? best : undefined;
}

/** The place of another index, by steps over the index of the database from one that is known. */
function* hop(shape: Shape, { index, mark }: Anchor, to: number): Work<Mark | undefined> {
  const isBackwards = to < index;
  let left = Math.abs(to - index);
  if (left === 0) return mark;
  for (const piece of pieces(shape, { mark, isInclusive: false, isBackwards })) {
    const query = new Query(shape.dialect);
    const [found] = yield* rowsOf(query.rows(
      `select ${marksOf(shape)} from ${shape.ordered} where ${shape.filter} and ${piece(query)} ` +
        `${orderBy(shape, isBackwards)} limit 1 offset ${query.number(left - 1)}`,
    ));
    if (found !== undefined) return found;
    const counting = new Query(shape.dialect);
    left -= yield* numberOf(counting.rows(
      `select count(*) as c0 from ${shape.ordered} where ${shape.filter} and ${piece(counting)}`,
    ));
  }
  return undefined;
}

/** So many items from a mark on, one way or the other, as they are met. */
function* along(
  shape: Shape,
  mark: Mark,
  most: number,
  isBackwards: boolean,
  isInclusive: boolean,
): Work<Stretch> {
  const items: unknown[] = [], marks: Mark[] = [];
  for (const piece of pieces(shape, { mark, isInclusive, isBackwards })) {
    const rest = (query: Query) =>
      `from ${shape.ordered} where ${shape.filter} and ${piece(query)} ${orderBy(shape, isBackwards)} ` +
      `limit ${query.number(most - items.length)}`;
    const found = yield* stretch(shape, rest);
    items.push(...found.items);
    marks.push(...found.marks);
    if (items.length >= most) break;
  }
  return { items, marks };
}

/** A stretch by counting from the nearer end: the index alone is counted along, to the place where the stretch begins. */
function* jump(shape: Shape, count: number, start: number, end: number): Work<Stretch> {
  const isBackwards = count - end < start;
  const mark = yield* countTo(shape, count, isBackwards ? end - 1 : start, isBackwards);
  if (mark === undefined) return { items: [], marks: [] };
  const found = yield* along(shape, mark, end - start, isBackwards, true);
  return isBackwards ? reversed(found) : found;
}

function* countTo(
  shape: Shape,
  count: number,
  index: number,
  isBackwards = count - index <= index,
): Work<Mark | undefined> {
  const query = new Query(shape.dialect);
  const [mark] = yield* rowsOf(query.rows(
    `select ${marksOf(shape)} from ${shape.ordered} where ${shape.filter} ${orderBy(shape, isBackwards)} ` +
      `limit 1 offset ${query.number(isBackwards ? count - 1 - index : index)}`,
  ));
  return mark;
}

function* stretch(shape: Shape, rest: (query: Query) => string): Work<Stretch> {
  const marking = new Query(shape.dialect), reading = new Query(shape.dialect);
  const marks = marking.rows(`select ${marksOf(shape)} ${rest(marking)}`);
  const items = reading.items(`select ${shape.columns} ${rest(reading)}`);
  const [found = [], read = []] = yield [marks, items];
  return { items: read, marks: found as readonly Mark[] };
}

function reversed({ items, marks }: Stretch): Stretch {
  return { items: items.toReversed(), marks: marks.toReversed() };
}

function marksOf({ places }: Shape): string {
  return selected(places.map(({ selected }) => selected));
}
