/**
 * Places of a list that are known: what stands at which index. From there the neighbours are found by the index of the
 * database, where a jump has to count its way.
 *
 * @module
 */

import { type Mark, standsBefore } from "./_sql_order.ts";
import { isTrue, Query, type Rows, rowsOf, type Shape, type Work } from "./_sql_statement.ts";

/** An item whose index is known. */
export interface Anchor {
  readonly index: number;
  readonly mark: Mark;
}

// Two for each window that somebody looks at: enough for thirty windows, and little to bring up to date.
const MOST = 64;

/** How many changes it may have been since, so that it is worth following them. */
const FOLLOWED = 500;

/** What is known of a list at one version. Never changed: what becomes of it is another one. */
export class Anchors {
  static readonly none: Anchors = new Anchors(-1, []);
  readonly version: number;
  /** By index; and the same, who was used last at the end. */
  readonly all: readonly Anchor[];
  readonly #used: readonly Anchor[];

  private constructor(version: number, used: readonly Anchor[]) {
    this.version = version;
    this.#used = used;
    this.all = used.toSorted((a, b) => a.index - b.index);
  }

  /** The same at a version of which nothing is known but that. */
  static at(version: number): Anchors {
    return new Anchors(version, []);
  }

  /** With others too, which are newly used; what was not for the longest time is left out. */
  with(others: readonly Anchor[]): Anchors {
    const indexes = new Set(others.map(({ index }) => index));
    const used = [...this.#used.filter(({ index }) => !indexes.has(index)), ...others];
    return new Anchors(this.version, used.slice(-MOST));
  }

  /** The one that is nearest to an index; `undefined` where there is none. */
  nearest(index: number): Anchor | undefined {
    const { all } = this;
    let low = 0, high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle]!.index < index) low = middle + 1;
      else high = middle;
    }
    const [below, above] = [all[low - 1], all[low]];
    if (below === undefined || above === undefined) return below ?? above;
    return index - below.index <= above.index - index ? below : above;
  }

  /**
   * What is known still at a later version: the log says by how many places each has moved.
   *
   * @param logged how many versions the log has from this one on; nothing is known where some are missing
   */
  *follow(shape: Shape, version: number, logged: number): Work<Anchors> {
    if (version === this.version) return this;
    const steps = version - this.version;
    if (this.#used.length === 0 || steps < 0 || steps > FOLLOWED || logged !== steps) {
      return Anchors.at(version);
    }
    const moved = new Map<number, number>();
    for (const [at, shift, isGone] of yield* this.#shifts(shape)) {
      if (!isTrue(isGone)) moved.set(Number(at), Number(shift));
    }
    const kept = this.#used.flatMap(({ index, mark }, at) => {
      const shift = moved.get(at);
      return shift === undefined ? [] : [{ index: index + shift, mark }];
    });
    return new Anchors(version, kept);
  }

  *#shifts(shape: Shape): Work<Rows> {
    const query = new Query(shape.dialect), { places, dialect } = shape;
    const own = names("a.p", places.length), old = names("l.o", places.length);
    const now = names("l.n", places.length);
    const stays = old.map((name, at) => `${name} ${dialect.same} ${now[at]}`).join(" and ");
    const known = values(shape, query, this.#used);
    return yield* rowsOf(query.rows(
      `${known} select a.at as c0, ` +
        `sum(case when l.is_in and ${standsBefore(shape, now, own)} then 1 else 0 end) - ` +
        `sum(case when l.was_in and ${standsBefore(shape, old, own)} then 1 else 0 end) as c1, ` +
        `max(case when l.was_in and ${old.at(-1)} = ${own.at(-1)} and not (l.is_in and ${stays}) ` +
        `then 1 else 0 end) = 1 as c2 ` +
        `from a cross join ${shape.log} l where l.version > ${query.number(this.version)} group by a.at`,
    ));
  }

  /** How many of them stand before one side of a change: the first so many. */
  *countBefore(shape: Shape, version: number, side: "o" | "n"): Work<number> {
    if (this.all.length === 0) return 0;
    const query = new Query(shape.dialect), { length } = shape.places;
    const known = values(shape, query, this.all);
    const [row] = yield* rowsOf(query.rows(
      `${known} select count(*) as c0 from a cross join ${shape.log} l where l.version = ` +
        `${query.number(version)} and ${
          standsBefore(shape, names("a.p", length), names(`l.${side}`, length))
        }`,
    ));
    return Number(row?.[0]);
  }
}

/** `a.p0`, `a.p1` … */
export function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${at}`);
}

function values({ places }: Shape, query: Query, anchors: readonly Anchor[]): string {
  query.rare(); // as many texts as there may be anchors
  const rows = anchors.map(({ mark }, at) =>
    `(${[String(at), ...places.map(({ type }, place) => query.add(mark[place], type))].join(", ")})`
  );
  return `with a(at, ${names("p", places.length).join(", ")}) as (values ${rows.join(", ")})`;
}
