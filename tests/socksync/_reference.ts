/**
 * What the protocol's page says of lists, written down once more, as slowly and plainly as can be.
 *
 * @module
 */

import type { ListStep } from "../../socksync/source.ts";
import type { Said } from "./_ends.ts";

/** What a reader sees. */
export interface Place {
  readonly page: number;
  readonly size: number;
}

/** What a reader is told of a change, and where it is then. */
export interface Expected {
  readonly frames: readonly Said[];
  readonly place: Place;
}

/** The items of a place. */
export function sliceOf<T>(items: readonly T[], { page, size }: Place): readonly T[] {
  return items.slice(page * size, page * size + size);
}

/** A place, or the last one that there is. */
export function clamp(items: readonly unknown[], { page, size }: Place): Place {
  let last = 0;
  while ((last + 1) * size < items.length) last++;
  return { page: Math.min(page, last), size };
}

/** The list after a step. */
export function after<T>(items: readonly T[], step: ListStep<T>): readonly T[] {
  if (step.kind === "insert") return [...items.slice(0, step.index), step.value, ...items.slice(step.index)];
  if (step.kind === "set") return items.map((item, i) => i === step.index ? step.value : item);
  return items.filter((_, i) => i !== step.index);
}

/** The frame that shows a place as a whole. */
export function whole(name: string, items: readonly unknown[], wanted: Place): Expected {
  const place = clamp(items, wanted);
  const frame = {
    func: "set_all",
    type: "list",
    name,
    page: place.page,
    page_size: place.size,
    total_item_count: items.length,
    items: sliceOf(items, place),
  };
  return { frames: [frame], place };
}

/** What a reader at a place is told of a change of one step. */
function single<T>(name: string, before: readonly T[], step: ListStep<T>, place: Place): Expected {
  const items = after(before, step),
    start = place.page * place.size,
    end = start + place.size,
    i = step.index;
  const frames: Said[] = [];
  const say = (func: string, fields: Said) => void frames.push({ func, type: "list", name, ...fields });
  if (step.kind === "set") {
    if (i >= start && i < end) say("set", { index: i - start, value: step.value });
    return { frames, place };
  }
  say("set_count", { total_item_count: items.length });
  if (i >= end) return { frames, place };
  if (step.kind === "insert") {
    const wasFull = sliceOf(before, place).length === place.size;
    if (wasFull) say("delete", { index: place.size - 1 });
    if (i < start) say("insert", { index: 0, value: items[start] });
    else say("insert", { index: i - start, value: step.value });
    return { frames, place };
  }
  say("delete", { index: i < start ? 0 : i - start });
  if (items.length >= end) say("insert", { index: place.size - 1, value: items[end - 1] });
  if (place.page > 0 && sliceOf(items, place).length === 0) {
    const moved = whole(name, items, place);
    return { frames: [...frames, ...moved.frames], place: moved.place };
  }
  return { frames, place };
}

/** An item that is the same one when its value is another. */
interface Cell<T> {
  value: T;
  isGone?: boolean;
}

/**
 * What a reader at a place is told of a change; `steps` are left out where nobody knows them.
 *
 * Of an item that comes into a page in the middle of a change, whoever tells it knows the value that it has afterwards, and
 * no other: a later step may have changed that, or have removed the item, and then only the page as a whole is left to tell.
 */
export function expected<T>(
  name: string,
  before: readonly T[],
  items: readonly T[],
  steps: readonly ListStep<T>[] | undefined,
  place: Place,
): Expected {
  const all = whole(name, items, place);
  if (steps === undefined) return all;
  if (steps.length === 1) return single(name, before, steps[0]!, place);
  const frames: Said[] = [], coming: { frame: Said; cell: Cell<T> }[] = [];
  let now: readonly Cell<T>[] = before.map((value) => ({ value }));
  for (const step of steps) {
    const own = step.kind === "insert" ? { value: step.value } : undefined;
    const moved = step.kind === "set"
      ? { kind: "set" as const, index: step.index, value: step.value as unknown }
      : step.kind === "insert"
      ? { kind: "insert" as const, index: step.index, value: own as unknown }
      : step;
    const told = single<unknown>(name, now, moved, place);
    // Shown as a whole on the way, it would be twice.
    if (told.frames.some(({ func }) => func === "set_all")) return all;
    for (const frame of told.frames) {
      const cell = frame["func"] === "insert" ? frame["value"] as Cell<T> : undefined;
      const said: Said = cell === undefined ? frame : { ...frame, value: cell.value };
      if (cell !== undefined && cell !== own) coming.push({ frame: said, cell });
      frames.push(said);
    }
    if (step.kind === "set") now[step.index]!.value = step.value;
    else {
      if (step.kind === "delete") now[step.index]!.isGone = true;
      now = after<Cell<T>>(now, step.kind === "insert" ? { ...step, value: own! } : step);
    }
  }
  if (coming.some(({ cell }) => cell.isGone)) return all;
  for (const { frame, cell } of coming) frame["value"] = cell.value;
  const length = (frames: readonly Said[]) =>
    frames.reduce((sum, frame) => sum + JSON.stringify(frame).length, 0);
  return length(all.frames) < length(frames) ? all : { frames, place };
}
