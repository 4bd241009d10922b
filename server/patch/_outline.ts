/** What has a name in a page's markup, and where it stands: kept from one diff to the next. */

import type { Address } from "../../protocol/operations.ts";
import { isSealed, type Listener, movableName, nameOf, type Open, Scanner } from "./_scan.ts";
import { readTag, type Tag } from "./_tag.ts";

/** Elements with names, in the order of the page. */
export interface Entries {
  /** Where each begins. */
  readonly starts: number[];
  /** Behind its end; `Infinity` where the markup stops being understood inside it. */
  readonly ends: number[];
  /** What it stands in. */
  readonly parents: Open[];
}

/** How often each name occurs: names by their hash, so that two of one hash count as one that is there twice. */
export type Counts = Map<number, number>;

/** Collects what a scan finds. */
export class Recorder implements Listener, Entries {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly parents: Open[] = [];
  /** Whether a name may be any. */
  isHidden = false;
  readonly #open: number[] = [];
  readonly #counts: Counts;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  hidden(): void {
    this.isHidden = true;
  }

  opened(start: number, parent: Open, name: string, html: string): void {
    isSealed(parent, html); // while its place is known
    this.#open.push(this.starts.length);
    this.starts.push(start);
    this.ends.push(Infinity);
    this.parents.push(parent);
    addCount(this.#counts, hashName(name), 1);
  }

  closed(end: number): void {
    const last = this.#open.pop();
    if (last !== undefined) this.ends[last] = end;
  }
}

/** A text that was all that had changed. It may be so again: a counter, a price, a clock. */
export interface Lone {
  /** Where it begins and ends. */
  readonly from: number;
  readonly to: number;
  readonly address: Address;
  /** Names that the address relies on. */
  readonly names: readonly string[];
  /** Whether it stands in a `pre`, which drops a first line break. */
  readonly isPre: boolean;
}

/** The outline of one body. */
export class Outline implements Entries {
  /** What it is of. It is asked for its text each time: one that nobody needs may be kept in another way. */
  source: { readonly body: string };
  /** Up to here the markup is understood. */
  readonly limit: number;
  readonly starts: number[];
  readonly ends: number[];
  readonly parents: Open[];
  /** Whether a name in it may be any, so that none is certain. */
  readonly hidden: boolean;
  readonly #counts: Counts;
  /** What has changed last, where that was one text. */
  lone: Lone | undefined;
  #tail: { readonly ids: ReadonlySet<string>; readonly hidden: boolean } | undefined;

  constructor(
    source: { readonly body: string },
    limit: number,
    entries: Entries,
    counts: Counts,
    hidden: boolean,
  ) {
    this.source = source;
    this.hidden = hidden;
    this.limit = limit;
    this.starts = entries.starts;
    this.ends = entries.ends;
    this.parents = entries.parents;
    this.#counts = counts;
  }

  /**
   * Reads a body from its beginning.
   *
   * @param top what it stands in, where that is not the page
   */
  static of(source: { readonly body: string }, top?: Open): Outline {
    const html = source.body;
    const counts: Counts = new Map(), recorder = new Recorder(counts);
    const scan = new Scanner(html, 0, top, recorder);
    scan.advance(html.length);
    return new Outline(source, scan.at, recorder, counts, recorder.isHidden);
  }

  /** The body. */
  get html(): string {
    return this.source.body;
  }

  /** The outline of a body that differs in one text alone. This one is none any more: its lists are the other's. */
  shifted(source: { readonly body: string }, lone: Lone, by: number): Outline {
    const { starts, ends } = this;
    for (let i = 0; i < starts.length; i++) {
      if (starts[i]! > lone.from) starts[i]! += by;
      if (ends[i]! >= lone.to) ends[i]! += by;
    }
    const next = new Outline(source, this.limit + by, this, this.#counts, this.hidden);
    next.lone = { ...lone, to: lone.to + by };
    return next;
  }

  /** How often a name is there, with what `more` adds to that or takes away. */
  count(name: string, more?: Counts): number {
    const hash = hashName(name);
    const tail = this.#readTail();
    const behind = tail.hidden || tail.ids.has(name.trimStart()) ? 2 : 0;
    return behind + (this.#counts.get(hash) ?? 0) + (more?.get(hash) ?? 0);
  }

  /** How often each name is there, as far as the markup is understood. */
  get counts(): ReadonlyMap<number, number> {
    return this.#counts;
  }

  /** The counts, for the outline that takes this one's place. */
  takeCounts(more: Counts): Counts {
    for (const [hash, by] of more) addCount(this.#counts, hash, by);
    return this.#counts;
  }

  /** The last entry that begins at or before `at`; -1 where there is none. */
  last(at: number): number {
    let low = 0, high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The entry that begins right where this one ends, beside it; -1 where there is none. */
  next(entry: number): number {
    const end = this.ends[entry]!;
    let next = entry + 1;
    while (next < this.starts.length && this.starts[next]! < end) next++;
    return this.starts[next] === end ? next : -1;
  }

  /** The name of an entry. */
  name(entry: number): string {
    const tag = this.#tag(entry);
    return tag === undefined ? "" : nameOf(this.html, tag);
  }

  /** Its name, if patches bring and take such elements; else empty. */
  movableName(entry: number): string {
    const tag = this.#tag(entry);
    return tag === undefined ? "" : movableName(this.html, tag);
  }

  #tag(entry: number): Tag | undefined {
    return readTag(this.html, this.starts[entry]!, this.parents[entry]!.rule.content);
  }

  // What is not understood may have any names in it, and written in any way: whatever looks like one counts.
  #readTail(): { readonly ids: ReadonlySet<string>; readonly hidden: boolean } {
    return this.#tail ??= looseNames(this.html.slice(this.limit));
  }
}

/** Whatever looks like a name in markup, and whether there may be others, written with character references. */
export function looseNames(html: string): { ids: ReadonlySet<string>; hidden: boolean } {
  const ids = new Set<string>();
  if (html === "") return { ids, hidden: false };
  for (const [, id = ""] of html.matchAll(/(?:id|data-k)\s*=\s*["']?(?=([^"'<>\s=&`]*))/gi)) ids.add(id);
  for (const [, key = ""] of html.matchAll(/data-k\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)) ids.add(key);
  return { ids, hidden: /(?:id|data-k)\s*=\s*["']?[^"'<>\s=]*&(?!(?:amp|lt|gt|quot|#39);)/i.test(html) };
}

/** Adds to the count of a name. */
export function addCount(counts: Counts, hash: number, by: number): void {
  counts.set(hash, (counts.get(hash) ?? 0) + by);
}

/** A name as a number of 31 bits. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash ^ hash >>> 15) & 0x3fffffff;
}
