/** What comes, goes and moves among elements with names that stand beside each other. */

import type { Address, Operation } from "../../protocol/operations.ts";
import { commonLength } from "./_common.ts";
import type { Outline } from "./_outline.ts";
import { isImplied, movableName, type Open, Scanner } from "./_scan.ts";

/** Where the difference is. */
export interface ListPlace {
  readonly outline: Outline;
  /** The new body. */
  readonly after: string;
  /** The difference in the old body, and how far to look. */
  readonly from: number;
  readonly to: number;
  /** The same in the new one. */
  readonly twin: number;
  readonly twinTo: number;
  /** What the elements stand in. */
  readonly top: Open;
  /** Whether an element is found by this name. */
  isAddress(name: string): boolean;
  /** How. */
  address(name: string): Address;
}

/** An operation, the names that it relies on, and those that it takes off the page. */
export interface ListStep {
  readonly operation: Operation;
  readonly stay?: readonly string[];
  readonly go?: readonly string[];
}

/** An element of the new list. */
export type ListItem =
  | { readonly kind: "fresh"; readonly twin: number; readonly twinTo: number; readonly name: string }
  | { readonly kind: "same"; readonly from: number; readonly to: number; readonly twin: number }
  | {
    readonly kind: "changed";
    readonly from: number;
    readonly to: number;
    readonly twin: number;
    readonly twinTo: number;
  };

/** What became of a list. */
export interface ListChange {
  readonly steps: readonly ListStep[];
  /** The new elements, in their order. */
  readonly items: readonly ListItem[];
  /** How many elements that are, or more where nothing behind them differs. */
  readonly count: number;
  /** Behind the list in the old body, and in the new one. */
  readonly end: number;
  readonly twinEnd: number;
}

/** Fewer removals than this cost less than what stays could. */
const FEW = 20;

/** In these, a browser keeps more than elements. */
const CHOICES = new Set(["select", "optgroup", "datalist"]);

/**
 * What became of the elements with names that begin at the difference; `undefined` where it is not in such a list, or
 * cannot be said by their names.
 */
export function findListChange(place: ListPlace): ListChange | undefined {
  if (CHOICES.has(place.top.rule.name)) return undefined;
  const first = place.outline.last(place.from);
  // The parser's own `tbody` goes with its last row, and comes with its first.
  if (first >= 0 && place.outline.starts[first] === place.from && isImplied(place.outline.parents[first]!)) {
    if (!isImplied(place.top)) return undefined;
  }
  const list = new List(place);
  if (!list.read()) return undefined;
  if (list.joinsTexts()) return undefined;
  const steps = list.steps();
  // A list in which nothing comes, goes or moves is not what differs.
  return steps === undefined || steps.length === 0
    ? undefined
    : { steps, items: list.items, count: list.count, end: list.end, twinEnd: list.twinEnd };
}

/** An element of the old list that is in the new one: its position in the old list, and its name. */
interface Kept {
  readonly position: number;
  readonly name: string;
  /** The elements that are put in front of it, as markup of the new body. */
  readonly ahead: { from: number; to: number } | undefined;
}

class List {
  readonly items: ListItem[] = [];
  count = 0;
  end: number;
  twinEnd: number;
  readonly #place: ListPlace;
  readonly #top: Open;
  /** The old elements in their order, as far as they were looked at: entries of the outline. */
  readonly #old: number[] = [];
  /** Their names, as far as they were asked for. */
  #positions: Map<string, number> | undefined;
  #complete = false;
  readonly #kept: Kept[] = [];
  /** What is new and has nothing old behind it yet. */
  #ahead: { from: number; to: number } | undefined;

  constructor(place: ListPlace) {
    this.#place = place;
    // Its counters are another's: what is looked at here may be looked at again.
    this.#top = { ...place.top };
    this.end = place.from;
    this.twinEnd = place.twin;
    const { outline, from, to } = place;
    const entry = outline.last(from);
    if (outline.starts[entry] === from && outline.ends[entry]! <= to) this.#old.push(entry);
    else this.#complete = true;
  }

  /** Reads the new list and finds the old elements in it. False where one of them is not understood. */
  read(): boolean {
    const { after, outline, to, twinTo } = this.#place;
    let expected = 0;
    while (this.twinEnd < twinTo) {
      const name = this.#nameAt(this.twinEnd);
      if (name === "") break;
      const position = this.#find(name, expected);
      if (position === undefined) {
        // Known, but not from this list: it has come from elsewhere, and takes with it what a browser keeps in it.
        if (outline.count(name) > 0) return false;
        const end = this.#skip(this.twinEnd);
        if (end === undefined) return false;
        this.count++;
        this.items.push({ kind: "fresh", twin: this.twinEnd, twinTo: end, name });
        this.#ahead = { from: this.#ahead?.from ?? this.twinEnd, to: end };
        this.twinEnd = end;
        continue;
      }
      const start = outline.starts[this.#old[position]!]!;
      const equal = commonLength(outline.html, start, after, this.twinEnd, to, twinTo);
      if (start + equal === to && this.twinEnd + equal === twinTo) {
        // Everything from here on is as it was: what was taken from it before is there twice.
        if (this.#kept.some((one) => one.position >= position)) return false;
        this.#keep(position, name);
        this.#positions?.delete(name);
        this.#restFrom = position;
        this.end = start;
        return true;
      }
      expected = this.#takeEqual(position, name, start, equal);
      if (expected > position) continue;
      const end = this.#skip(this.twinEnd);
      if (end === undefined || !this.#place.isAddress(name)) return false;
      const old = this.#old[position]!;
      this.items.push({
        kind: "changed",
        from: start,
        to: outline.ends[old]!,
        twin: this.twinEnd,
        twinTo: end,
      });
      this.#keep(position, name);
      this.twinEnd = end;
      expected = position + 1;
    }
    while (this.#more());
    const last = this.#old.at(-1);
    if (last !== undefined) this.end = outline.ends[last]!;
    return true;
  }

  /** From this old element on, all are in the new list, and in their order. */
  #restFrom: number | undefined;

  /** Takes as many old elements as lie in a stretch that is the same. Gives the position behind them. */
  #takeEqual(position: number, name: string, start: number, equal: number): number {
    const { outline } = this.#place;
    let next = position, end = start;
    while (next < this.#old.length || this.#more()) {
      const entry = this.#old[next];
      if (entry === undefined || outline.ends[entry]! - start > equal) break;
      this.#keep(next, next === position ? name : undefined);
      end = outline.ends[entry]!;
      next++;
    }
    if (next > position) {
      this.items.push({ kind: "same", from: start, to: end, twin: this.twinEnd });
      this.twinEnd += end - start;
    }
    return next;
  }

  #keep(position: number, name: string | undefined): void {
    this.count++;
    this.#kept.push({ position, name: name ?? "", ahead: this.#ahead });
    this.#ahead = undefined;
  }

  /** Whether nothing is left between two texts, which are one then. */
  joinsTexts(): boolean {
    const { after, twin } = this.#place;
    return this.twinEnd === twin && after[twin - 1] !== ">" && after[twin] !== "<";
  }

  /** Where the old list has this name: where it is expected, or right behind that, or anywhere. */
  #find(name: string, expected: number): number | undefined {
    const { outline } = this.#place;
    if (this.#positions === undefined) {
      for (const position of [expected, expected + 1]) {
        while (this.#old.length <= position && this.#more());
        const entry = this.#old[position];
        if (entry !== undefined && outline.movableName(entry) === name) return position;
      }
      if (outline.count(name) === 0) return undefined;
      while (this.#more());
      this.#positions = new Map(this.#old.map((entry, position) => [outline.movableName(entry), position]));
    }
    return this.#positions.get(name);
  }

  /** Looks at one more element of the old list. */
  #more(): boolean {
    const { outline, to } = this.#place;
    const last = this.#old.at(-1);
    if (this.#complete || last === undefined) return false;
    const next = outline.next(last);
    if (next >= 0 && outline.ends[next]! <= to) this.#old.push(next);
    else this.#complete = true;
    return !this.#complete;
  }

  #nameAt(at: number): string {
    const { after } = this.#place;
    const tag = new Scanner(after, at, this.#top).peek();
    return tag === undefined ? "" : movableName(after, tag);
  }

  #skip(at: number): number | undefined {
    const scan = new Scanner(this.#place.after, at, this.#top);
    return scan.skip() ? scan.at : undefined;
  }

  /** What a browser has to do: first what goes, then the order, then what comes. */
  steps(): ListStep[] | undefined {
    const gone = this.#gone();
    if (gone === undefined) return undefined;
    const steps: ListStep[] = [];
    if (gone.length > 0) {
      steps.push({ operation: ["remove", ...gone.map((name) => this.#place.address(name))], go: gone });
    }
    const order = this.#order();
    if (order === null) return undefined;
    if (order !== undefined) steps.push(order);
    return this.#insert(steps) ? steps : undefined;
  }

  /** The names of what is in the old list alone; `undefined` where to name them all is too much, or not possible. */
  #gone(): string[] | undefined {
    const { outline, isAddress } = this.#place;
    const kept = new Set(this.#kept.map(({ position }) => position));
    if (kept.size < this.#kept.length) return undefined; // one name twice
    const gone: string[] = [];
    const end = this.#restFrom ?? this.#old.length;
    for (let position = 0; position < end; position++) {
      if (kept.has(position)) continue;
      const name = outline.movableName(this.#old[position]!);
      if (!isAddress(name)) return undefined;
      gone.push(name);
    }
    if (gone.length > FEW && gone.join().length > this.twinEnd - this.#place.twin) return undefined;
    return gone;
  }

  /** The order of what stays; `undefined` where it is as it was, `null` where it cannot be said. */
  #order(): ListStep | undefined | null {
    const positions = this.#kept.map(({ position }) => position);
    const sorted = positions.toSorted((a, b) => a - b);
    let first = 0, last = positions.length - 1;
    while (first < positions.length && positions[first] === sorted[first]) first++;
    if (first === positions.length) return undefined;
    while (positions[last] === sorted[last]) last--;
    const ranks = new Map(sorted.slice(first, last + 1).map((position, rank) => [position, rank]));
    const runs: number[] = [];
    let previous = -2, direction = 0;
    for (const position of positions.slice(first, last + 1)) {
      const rank = ranks.get(position)!;
      const step = rank - previous;
      const count = runs.at(-1);
      if (count !== undefined && (step === 1 || step === -1) && (direction === 0 || direction === step)) {
        direction = step;
        runs[runs.length - 1] = step * (Math.abs(count) + 1);
      } else {
        runs.push(rank, 1);
        direction = 0;
      }
      previous = rank;
    }
    const name = this.#place.outline.movableName(this.#old[sorted[first]!]!);
    if (!this.#place.isAddress(name)) return null;
    return { operation: ["order", this.#place.address(name), runs], stay: [name] };
  }

  /** Puts what is new in front of what stays, or behind it. False where nothing is there to name. */
  #insert(steps: ListStep[]): boolean {
    const { after, isAddress, address } = this.#place;
    const write = (where: "before" | "after", name: string, { from, to }: { from: number; to: number }) => {
      if (!isAddress(name)) return false;
      steps.push({ operation: [where, address(name), after.slice(from, to).toWellFormed()], stay: [name] });
      return true;
    };
    for (const { position, name, ahead } of this.#kept) {
      if (ahead !== undefined && !write("before", name || this.#nameOf(position), ahead)) return false;
    }
    if (this.#ahead === undefined) return true;
    const last = this.#kept.at(-1);
    return write("after", last === undefined ? this.#nameBefore() : this.#nameOf(last.position), this.#ahead);
  }

  #nameOf(position: number): string {
    return this.#place.outline.movableName(this.#old[position]!);
  }

  /** The name of the element that ends where the list begins. */
  #nameBefore(): string {
    const { outline, from } = this.#place;
    let entry = outline.last(from - 1);
    while (entry >= 0 && outline.ends[entry]! < from) entry--;
    return entry >= 0 && outline.ends[entry] === from ? outline.movableName(entry) : "";
  }
}
