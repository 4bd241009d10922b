/**
 * What a change of a list is to somebody who sees a page of it.
 *
 * @module
 */

import type { ListStep } from "./source.ts";

/** A page of a list: the items from `start` on, up to but without `end`. */
export interface Page {
  readonly page: number;
  readonly size: number;
}

/** An item that comes into a page: the one of the step itself, or the one at an index of the list after the step. */
export type Coming = "value" | number;

/** What somebody with a page is told of a step, beside the count: in this order. Indexes count within the page. */
export interface PageStep {
  readonly delete?: number;
  readonly insert?: { readonly index: number; readonly item: Coming };
  readonly set?: number;
  /** Nothing is left in the page: it is another one from now on. */
  readonly isEmpty?: boolean;
}

const nothing: PageStep = {};

/**
 * What a step is to a page.
 *
 * @param count items of the list after the step
 */
export function pageStep<T>({ page, size }: Page, step: ListStep<T>, count: number): PageStep {
  const start = page * size, end = start + size, { kind, index } = step;
  if (index >= end) return nothing;
  const place = index < start ? 0 : index - start;
  switch (kind) {
    case "insert": {
      const insert = { index: place, item: index < start ? start : "value" as const };
      // One that was full before loses its last, so that nobody ever holds more than a page.
      return count > end ? { delete: size - 1, insert } : { insert };
    }
    case "delete":
      if (page > 0 && count <= start) return { delete: place, isEmpty: true };
      return count < end ? { delete: place } : { delete: place, insert: { index: size - 1, item: end - 1 } };
    case "set":
      return index < start ? nothing : { set: place };
  }
}

/** Where an item stands after further steps; `undefined` where one of them has removed it. */
export function follow<T>(index: number, steps: readonly ListStep<T>[]): number | undefined {
  for (const step of steps) {
    if (step.kind === "insert" && step.index <= index) index++;
    else if (step.kind === "delete") {
      if (step.index === index) return undefined;
      if (step.index < index) index--;
    }
  }
  return index;
}

/** The counts of a list after each of some steps; `count` is the one after the last. */
export function countsAfter<T>(steps: readonly ListStep<T>[], count: number): number[] {
  const counts: number[] = [];
  for (const { kind } of steps.toReversed()) {
    counts.unshift(count);
    if (kind !== "set") count += kind === "delete" ? 1 : -1;
  }
  return counts;
}

/** The last page that has an item, of pages of this size; the first of an empty list. */
export function lastPage(count: number, size: number): number {
  return Math.max(0, Math.ceil(count / size) - 1);
}
