/**
 * What a change was: the log of a list says where a row stood and stands, the list at which index that is.
 *
 * @module
 */

import type { ListChange, ListStep } from "../../socksync/source.ts";
import { type Anchor, names } from "./_sql_anchors.ts";
import { type Mark, pieces, standsBefore } from "./_sql_order.ts";
import type { Found, Standing } from "./_sql_reading.ts";
import { isTrue, numberOf, Query, rowsOf, type Shape, type Work } from "./_sql_statement.ts";

/** So many rows are counted at the end of a list before it is tried another way. */
const TAIL = 1000;

/** What is logged of a change: where the row was and is; `undefined` where that is nowhere in the list. */
interface Logged {
  readonly old: Mark | undefined;
  readonly now: Mark | undefined;
  /** Whether it stands before the place that it had. */
  readonly isBefore: boolean;
  readonly isSame: boolean;
}

/**
 * The last change of a list, as it stands right after it.
 *
 * @param since the version before it: where there was more than one change since, the steps are left out
 */
export function* lastChange(
  shape: Shape,
  standing: Standing,
  since: number,
): Work<Found<ListChange<unknown>>> {
  const { version, count, anchors } = standing;
  const logged = version === since + 1 ? yield* readLog(shape, version) : undefined;
  if (logged === undefined) return { result: { version, count }, anchors };
  const { old, now, isBefore, isSame } = logged;
  const to = now && (yield* rank(shape, standing, "n", now));
  // The place that it has now is none of those before the one that it had.
  const from = isSame
    ? to
    : old && (yield* rank(shape, standing, "o", old)) - (now !== undefined && isBefore ? 1 : 0);
  const value = now && (yield* itemOf(shape, now));
  const steps = stepsOf(from, to, value);
  const known: Anchor[] = now === undefined || to === undefined ? [] : [{ index: to, mark: now }];
  return { result: { version, count, steps }, anchors: anchors.with(known) };
}

/** The item of a row. */
export function* itemOf(shape: Shape, mark: Mark): Work<unknown> {
  const query = new Query(shape.dialect);
  const [items = []] = yield [
    query.items(`select ${shape.columns} from ${shape.table} where ${isRow(shape, query, mark)}`),
  ];
  return items[0];
}

/** The condition that a row is the one of a mark. */
export function isRow({ places }: Shape, query: Query, mark: Mark): string {
  const key = places.at(-1)!;
  return `${key.column} = ${query.add(mark.at(-1), key.type)}`;
}

function stepsOf(from: number | undefined, to: number | undefined, value: unknown): ListStep<unknown>[] {
  if (from !== undefined && from === to) return [{ kind: "set", index: from, value }];
  const steps: ListStep<unknown>[] = [];
  if (from !== undefined) steps.push({ kind: "delete", index: from });
  if (to !== undefined) steps.push({ kind: "insert", index: to, value });
  return steps;
}

function* readLog(shape: Shape, version: number): Work<Logged | undefined> {
  const { dialect, places } = shape, query = new Query(dialect);
  const old = names("o", places.length), now = names("n", places.length);
  // As they would be selected from the table itself.
  const as = (names: string[]) =>
    names.map((name, at) => places[at]!.selected.replace(places[at]!.column, () => name));
  const same = old.map((name, at) => `${name} ${dialect.same} ${now[at]}`).join(" and ");
  const expressions = ["was_in", "is_in", standsBefore(shape, now, old), same, ...as(old), ...as(now)];
  const [row] = yield* rowsOf(query.rows(
    `select ${expressions.map((expression, at) => `${expression} as c${at}`).join(", ")} ` +
      `from ${shape.log} where version = ${query.number(version)}`,
  ));
  if (row === undefined) return undefined;
  const [wasIn, isIn, isBefore, isSame, ...values] = row;
  return {
    old: isTrue(wasIn) ? values.slice(0, places.length) : undefined,
    now: isTrue(isIn) ? values.slice(places.length) : undefined,
    isBefore: isTrue(isBefore),
    isSame: isTrue(wasIn) && isTrue(isIn) && isTrue(isSame),
  };
}

/**
 * How many rows stand before a place: from the nearest one that is known before it, from the end if that is near, else
 * from the beginning.
 */
function* rank(
  shape: Shape,
  { version, count, anchors }: Standing,
  side: "o" | "n",
  mark: Mark,
): Work<number> {
  const before = yield* anchors.countBefore(shape, version, side);
  const from = anchors.all[before - 1], to = anchors.all[before];
  if (to === undefined && count - (from?.index ?? 0) > TAIL) {
    const behind = yield* countTail(shape, mark);
    if (behind < TAIL) return count - behind;
  }
  if (from !== undefined) return from.index + (yield* countBetween(shape, from.mark, mark));
  return yield* countBefore(shape, mark);
}

/** How many rows stand at a mark or behind it; `TAIL` where they are that many or more. */
function* countTail(shape: Shape, mark: Mark): Work<number> {
  let counted = 0;
  for (const piece of pieces(shape, { mark, isInclusive: true, isBackwards: false })) {
    const query = new Query(shape.dialect);
    counted += yield* numberOf(query.rows(
      `select count(*) as c0 from (select 1 from ${shape.ordered} where ${shape.filter} and ${
        piece(query)
      } ` +
        `limit ${query.number(TAIL - counted)}) as tail`,
    ));
    if (counted >= TAIL) break;
  }
  return counted;
}

/** How many rows there are from one mark on, up to but without another one. */
function* countBetween(shape: Shape, from: Mark, to: Mark): Work<number> {
  const columns = shape.places.map(({ column }) => column);
  let counted = 0;
  for (const piece of pieces(shape, { mark: from, isInclusive: true, isBackwards: false, upTo: to })) {
    const query = new Query(shape.dialect);
    const inside = piece(query);
    // The values of the mark are compared as columns are: by their collation.
    const end = shape.places.map(({ type }, at) => query.add(to[at], type));
    counted += yield* numberOf(query.rows(
      `select count(*) as c0 from ${shape.ordered} where ${shape.filter} and ${inside} and ` +
        standsBefore(shape, columns, end),
    ));
  }
  return counted;
}

function* countBefore(shape: Shape, mark: Mark): Work<number> {
  let counted = 0;
  for (const piece of pieces(shape, { mark, isInclusive: false, isBackwards: true })) {
    const query = new Query(shape.dialect);
    counted += yield* numberOf(query.rows(
      `select count(*) as c0 from ${shape.ordered} where ${shape.filter} and ${piece(query)}`,
    ));
  }
  return counted;
}
