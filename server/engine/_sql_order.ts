/**
 * The order of a list in SQL: which rows stand behind another one, in stretches that an index has in one piece.
 *
 * A comparison of rows as `(a, b) > (?, ?)` is of no use: SQLite looks up its first column only, it cannot fall in one
 * column and rise in another, and it knows no NULL. So what stands behind a row is asked for piece by piece: first what
 * has all but the key in common with it, at last what has another value in the first column.
 *
 * @module
 */

import type { Dialect, Query, Shape, ShapePlace } from "./_sql_statement.ts";

/** Where an item stands: its values in the columns of the order, the last one of them its key. */
export type Mark = readonly unknown[];

/** A piece: its condition, with its values put into the query. */
export type Piece = (query: Query) => string;

/** From where on, and which way. */
export interface Origin {
  readonly mark: Mark;
  /** Whether the row of the mark belongs to it. */
  readonly isInclusive: boolean;
  /** Whether what stands before it is meant, read backwards. */
  readonly isBackwards: boolean;
  /** No piece goes further in the first column than this mark; it may go further in the others. */
  readonly upTo?: Mark | undefined;
}

/** The pieces of what stands behind a mark, or before it, in the order in which they are read. */
export function pieces(
  { dialect, places }: Shape,
  { mark, isInclusive, isBackwards, upTo }: Origin,
): Piece[] {
  const found: Piece[] = [];
  for (let level = places.length - 1; level >= 0; level--) {
    const place = places[level]!, isLast = level === places.length - 1;
    for (const beyond of beyondOne(dialect, place, mark[level], isBackwards, isLast && isInclusive)) {
      found.push((query) => {
        const fixed = places.slice(0, level).map((place, at) => equal(query, place, mark[at]));
        const limit = level === 0 && upTo !== undefined ? bound(dialect, query, place, upTo[0]) : [];
        return [...fixed, beyond(query), ...limit].join(" and ");
      });
    }
  }
  return found;
}

/** `order by` of the list, or of the list read from behind. */
export function orderBy({ places }: Shape, isBackwards = false): string {
  const parts = places.map(({ column, descending }) =>
    descending !== isBackwards ? `${column} desc` : column
  );
  return `order by ${parts.join(", ")}`;
}

/** Whether one row stands before another, each given by expressions; for few rows, as no index helps with it. */
export function standsBefore(shape: Shape, left: readonly string[], right: readonly string[]): string {
  const { dialect, places } = shape;
  return places.reduceRight((rest, { descending, isNullable, collate }, at) => {
    const [one, other] = descending ? [right[at]!, left[at]!] : [left[at]!, right[at]!];
    const [less, more] = dialect.isNullLeast ? [one, other] : [other, one];
    const nulls = isNullable ? ` or (${less} is null and ${more} is not null)` : "";
    // The collation is said, for the left side may be a value, which has none.
    const before = `${one}${collate} < ${other}${nulls}`;
    return rest === ""
      ? `(${before})`
      : `(${before} or (${one}${collate} ${dialect.same} ${other} and ${rest}))`;
  }, "");
}

// Of one column: what comes after a value, the way it is read. Nulls are a piece of their own where they come last.
function beyondOne(
  { isNullLeast }: Dialect,
  { column, type, descending, isNullable }: ShapePlace,
  value: unknown,
  isBackwards: boolean,
  isInclusive: boolean,
): Piece[] {
  const isFalling = descending !== isBackwards, areNullsLast = isFalling === isNullLeast;
  if (value === null) return areNullsLast ? [] : [() => `${column} is not null`];
  const compare = `${isFalling ? "<" : ">"}${isInclusive ? "=" : ""}`;
  const values: Piece = (query) => `${column} ${compare} ${query.add(value, type)}`;
  return areNullsLast && isNullable ? [values, () => `${column} is null`] : [values];
}

function equal(query: Query, { column, type }: ShapePlace, value: unknown): string {
  return value === null ? `${column} is null` : `${column} = ${query.add(value, type)}`;
}

// Only for pieces read forwards. Where nulls come last and the value is none of them, a piece of nulls is left empty by it.
function bound(
  { isNullLeast }: Dialect,
  query: Query,
  { column, type, descending }: ShapePlace,
  value: unknown,
): string[] {
  if (value === null) return descending === isNullLeast ? [] : [`${column} is null`];
  return [`${column} ${descending ? ">=" : "<="} ${query.add(value, type)}`];
}
