/**
 * Changes of a list on their way to those who see it.
 *
 * @module
 */

import type { Seeing, Window } from "./list_windows.ts";
import type { Outcome } from "./maybe.ts";
import { encode, quote } from "./reader.ts";
import type { ListChange, ListSlice, ListStep } from "./source.ts";
import { countsAfter, follow, pageStep } from "./window.ts";

/** One step among those that are spread together. */
interface Located<T> {
  readonly step: ListStep<T>;
  /** Items of the list after it. */
  readonly count: number;
  /** What follows. */
  readonly later: readonly ListStep<T>[];
  readonly version: number;
  /** How many steps its change has. */
  readonly together: number;
  /** The value of the step as JSON, once somebody needs it. */
  json?: string;
}

/** Frames of one change, for those who have not seen it. */
interface Frames {
  readonly version: number;
  readonly texts: string[];
}

/** Something that has to be read cannot be: the window is shown as a whole. */
class Lost extends Error {}

/** Spreads changes that follow each other over the windows of a list. */
export class Spreading<T> {
  readonly #changes: readonly ListChange<T>[];
  readonly #windows: readonly Window[];
  readonly #isLate: (seeing: Seeing) => boolean;
  readonly #steps: readonly Located<T>[];
  /** What stands at an index of the list as the last change has left it, as JSON. */
  readonly #items = new Map<number, { readonly value: T; json?: string }>();
  #ranges: readonly (readonly [start: number, end: number])[] = [];

  /**
   * @param changes at least one, each the next of the one before, all with steps
   * @param isLate whether somebody is behind; who is, is shown the page later
   */
  constructor(
    changes: readonly ListChange<T>[],
    windows: readonly Window[],
    isLate: (seeing: Seeing) => boolean,
  ) {
    this.#isLate = isLate;
    this.#changes = changes;
    this.#windows = windows;
    const all = changes.flatMap(({ steps = [] }) => steps);
    let at = 0;
    this.#steps = changes.flatMap(({ steps = [], version, count }) => {
      const counts = countsAfter(steps, count);
      return steps.map((step, i) => ({
        step,
        count: counts[i]!,
        later: all.slice(++at),
        version,
        together: steps.length,
      }));
    });
  }

  /** What has to be read of the list, as the last change has left it: stretches that do not touch. */
  ranges(): readonly (readonly [start: number, end: number])[] {
    const indexes = new Set<number>();
    for (const window of this.#windows) {
      for (const { step, count, later, together } of this.#steps) {
        const told = pageStep(window, step, count), item = told.insert?.item;
        const index = typeof item === "number" ? follow(item, later) : undefined;
        if (index !== undefined) indexes.add(index);
        // Whether the page as a whole is shorter is known by looking at it.
        if (together === 1) continue;
        for (let i = 0; i < window.size; i++) indexes.add(window.page * window.size + i);
      }
    }
    return this.#ranges = join([...indexes].sort((a, b) => a - b));
  }

  /**
   * Tells everybody.
   *
   * @param slices what was read, in the order of the ranges
   * @returns those who could not be told the steps, and have to be shown their page; and what went wrong
   */
  finish(
    slices: readonly Outcome<ListSlice<T>>[],
  ): { readonly lost: readonly Seeing[]; readonly errors: readonly unknown[] } {
    const errors: unknown[] = [], lost: Seeing[] = [];
    for (const [i, outcome] of slices.entries()) {
      if ("error" in outcome) errors.push(outcome.error);
      else this.#take(this.#ranges[i]![0], outcome.value);
    }
    const counts = new Map<string, string>();
    for (const window of this.#windows) {
      try {
        lost.push(...this.#tell(window, counts));
      } catch (error) {
        if (!(error instanceof Lost)) errors.push(error);
        lost.push(...window.seeings);
      }
    }
    return { lost, errors };
  }

  // The list may have gone on since; then what was read is of no use here.
  #take(start: number, { version, items }: ListSlice<T>): void {
    if (version !== this.#changes.at(-1)!.version) return;
    for (const [i, value] of items.entries()) this.#items.set(start + i, { value });
  }

  #tell(window: Window, counts: Map<string, string>): readonly Seeing[] {
    const { frames, isEmpty } = this.#frames(window, counts);
    if (frames.length === 0) return [];
    const latest = this.#changes.at(-1)!.version, moving: Seeing[] = [];
    for (const seeing of window.seeings) {
      if (seeing.since >= latest || this.#isLate(seeing)) continue;
      for (const { version, texts } of frames) {
        if (version > seeing.since) { for (const text of texts) seeing.reader.send(text); }
      }
      if (isEmpty) moving.push(seeing);
    }
    return moving;
  }

  #frames(window: Window, counts: Map<string, string>): { frames: readonly Frames[]; isEmpty: boolean } {
    const frames: Frames[] = [];
    for (const located of this.#steps) {
      const { step, count, version, together } = located;
      const texts: string[] = [];
      const told = pageStep(window, step, count);
      if (told.isEmpty && together > 1) throw new Lost(); // it may have items again when the change is through
      if (step.kind !== "set") texts.push(countFrame(window.name, count, counts));
      if (told.delete !== undefined) texts.push(deleteFrame(window.name, told.delete));
      if (told.set !== undefined) texts.push(itemFrame("set", window.name, told.set, valueOf(located)));
      if (told.insert !== undefined) {
        const { index, item } = told.insert;
        const json = item === "value" ? valueOf(located) : this.#item(follow(item, located.later));
        texts.push(itemFrame("insert", window.name, index, json));
      }
      if (texts.length > 0) frames.push({ version, texts });
      if (told.isEmpty) return { frames, isEmpty: true };
      const whole = together > 1 && located === this.#lastOf(version) ? this.#whole(window) : undefined;
      if (whole !== undefined && whole.length < lengthOf(frames, version)) {
        const before = frames.filter((frame) => frame.version < version);
        return {
          frames: [...before, { version: this.#changes.at(-1)!.version, texts: [whole] }],
          isEmpty: false,
        };
      }
    }
    return { frames, isEmpty: false };
  }

  #lastOf(version: number): Located<T> | undefined {
    return this.#steps.findLast((located) => located.version === version);
  }

  // The page as a whole, as the last change has left it; `undefined` where that was not read.
  #whole({ name, page, size }: Window): string | undefined {
    const { count } = this.#changes.at(-1)!, start = page * size;
    const items: string[] = [];
    for (let i = start; i < Math.min(start + size, count); i++) {
      if (!this.#items.has(i)) return undefined;
      items.push(this.#item(i));
    }
    if (items.length === 0 && page > 0) return undefined;
    return setAllFrame({ name, page, size, count }, `[${items}]`);
  }

  #item(index: number | undefined): string {
    const item = index === undefined ? undefined : this.#items.get(index);
    if (item === undefined) throw new Lost();
    return item.json ??= encode(item.value);
  }
}

function valueOf<T>(located: Located<T>): string {
  const { step } = located;
  if (step.kind === "delete") throw new Lost();
  return located.json ??= encode(step.value);
}

function lengthOf(frames: readonly Frames[], version: number): number {
  let length = 0;
  for (const frame of frames) {
    if (frame.version === version) { for (const text of frame.texts) length += text.length; }
  }
  return length;
}

/** A page of a list, whole. */
export function setAllFrame(
  { name, page, size, count }: { name: string; page: number; size: number; count: number },
  items: string,
): string {
  return `{"func":"set_all","type":"list","name":${quote(name)},"page":${page},"page_size":${size},` +
    `"total_item_count":${count},"items":${items}}`;
}

function countFrame(name: string, count: number, known: Map<string, string>): string {
  const key = `${count} ${name}`;
  let text = known.get(key);
  if (text === undefined) {
    text = `{"func":"set_count","type":"list","name":${quote(name)},"total_item_count":${count}}`;
    known.set(key, text);
  }
  return text;
}

function itemFrame(func: "insert" | "set", name: string, index: number, json: string): string {
  return `{"func":"${func}","type":"list","name":${quote(name)},"index":${index},"value":${json}}`;
}

function deleteFrame(name: string, index: number): string {
  return `{"func":"delete","type":"list","name":${quote(name)},"index":${index}}`;
}

/** Stretches of indexes that follow each other. */
function join(indexes: readonly number[]): readonly (readonly [start: number, end: number])[] {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last?.[1] === index) last[1]++;
    else ranges.push([index, index + 1]);
  }
  return ranges;
}
