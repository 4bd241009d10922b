/**
 * The strings of remembered components, in this process.
 *
 * @module
 */

import { jsx } from "preact/jsx-runtime";
import { BINDING } from "./binding.ts";
import { type Noted, offerAlike } from "./_memo_notes.ts";
import { hold, isHeld } from "./_steady.ts";

/** How much all strings together may take, in bytes, at two for a character. */
export const MEMO_BYTES = 16 * 1024 * 1024;

/** How many entries may share a key: the rows of two people's lists have the same. */
const variants = 8;
/** What an entry takes besides its characters, about. */
const overhead = 600;

/** The props of a vnode that the renderer writes as it is. Its class is the proof that it comes from here. */
export class Written {
  readonly tpl: readonly [string];

  constructor(html: string) {
    html.charCodeAt(0); // Joins its parts once, instead of in each page.
    this.tpl = [html];
  }
}

/** The outcome of a component for some props. */
export interface Entry {
  readonly memory: Memory;
  /** Where it is found. */
  readonly place: unknown;
  /** The props: their names, and each value as it is held. */
  readonly names: readonly string[];
  readonly values: readonly unknown[];
  /** What its element carries as `data-k`. */
  readonly key: unknown;
  /** What is written; `undefined` for what has to be rendered each time. */
  readonly html: Written | undefined;
  /** What belongs to it. */
  readonly noted: Noted | undefined;
  /** Whether it has read nothing but its props, so that there is nothing else to compare. */
  readonly isFree: boolean;
  /** For props that hold nothing else: the element that JSX would make of them, again and again. */
  node: (object & { readonly props: Props; [ENTRY]?: Entry }) | undefined;
  readonly bytes: number;
  /** Since the hand has passed. */
  used: boolean;
  /** Where the hand finds it. */
  at: number;
  /** The next one in the same place. */
  next: Entry | undefined;
}

type Props = { readonly [name: string]: unknown; readonly [BINDING]?: unknown };

/** On an element of an entry, the entry. */
export const ENTRY: unique symbol = Symbol("entry");

/** What is remembered of one component. */
export class Memory {
  readonly #entries = new Map<unknown, Entry>();
  // Of the entry before: the next one has the same names, and often the same offers.
  #names: readonly string[] = [];
  #offers: Noted["offers"] = [];

  /** The entry for these props that is good here; the one that was made last comes first. */
  find(props: Props, key: unknown, isGood: (entry: Entry) => boolean): Entry | undefined {
    let entry = this.#entries.get(placeOf(props, key));
    while (entry !== undefined && !(Object.is(entry.key, key) && hasProps(entry, props) && isGood(entry))) {
      entry = entry.next;
    }
    return entry;
  }

  /** The element for these props, where there is one. */
  recall(props: Props, key: unknown): object | undefined {
    let entry = this.#entries.get(placeOf(props, key));
    if (entry === undefined || props[BINDING] !== undefined) return undefined;
    while (
      entry !== undefined && !(entry.node !== undefined && entry.key === key && hasProps(entry, props))
    ) {
      entry = entry.next;
    }
    return entry?.node;
  }

  /**
   * Remembers an outcome.
   *
   * @param noted `undefined` for what has to be rendered each time
   */
  add(props: Props, key: unknown, html: string, noted: Noted | undefined): Written {
    const written = new Written(html);
    const names: string[] = [], values: unknown[] = [];
    let bytes = overhead + (noted === undefined ? 0 : 2 * html.length + sizeOf(noted));
    for (const name in props) {
      const value = props[name];
      names.push(name);
      values.push(hold(value));
      bytes += 16 + (typeof value === "string" ? 2 * value.length : 0);
    }
    if (bytes > MEMO_BYTES / 16) return written;
    if (noted !== undefined && offerAlike(noted.offers, this.#offers)) noted.offers = this.#offers;
    else if (noted !== undefined) this.#offers = noted.offers;
    if (names.length !== this.#names.length || names.some((name, i) => name !== this.#names[i])) {
      this.#names = names;
    }
    const place = placeOf(props, key);
    const entry: Entry = {
      memory: this,
      place,
      names: this.#names,
      values,
      key,
      html: noted === undefined ? undefined : written,
      noted,
      isFree: noted !== undefined && noted.reads.size === 0 && noted.contexts === undefined,
      node: undefined,
      bytes,
      used: true,
      at: 0,
      next: this.#entries.get(place),
    };
    this.#entries.set(place, entry);
    this.#shorten(entry);
    clock.add(entry);
    return written;
  }

  /** Makes the element of an entry that was found a second time. */
  addNode(entry: Entry, type: unknown): void {
    const { names, values, key } = entry;
    if (values.some((value) => value instanceof WeakRef) || names.includes("__proto__")) return;
    const props = Object.freeze(Object.fromEntries(names.map((name, i) => [name, values[i]])));
    const node = jsx(type as never, props as never, key as string) as unknown as NonNullable<Entry["node"]>;
    node[ENTRY] = entry;
    entry.node = node;
  }

  #shorten(first: Entry): void {
    let last: Entry = first;
    for (let others = 1; last.next !== undefined; others++) {
      if (others === variants) {
        clock.remove(last.next);
        return;
      }
      last = last.next;
    }
  }

  /** Forgets an entry. */
  remove(entry: Entry): void {
    let before = this.#entries.get(entry.place);
    if (before === entry) {
      if (entry.next === undefined) this.#entries.delete(entry.place);
      else this.#entries.set(entry.place, entry.next);
      return;
    }
    while (before !== undefined && before.next !== entry) before = before.next;
    if (before !== undefined) before.next = entry.next;
  }
}

// A key says where to look, and no more: what is found there has to have equal props.
function placeOf(props: Props, key: unknown): unknown {
  if (key !== undefined) return key;
  for (const name in props) {
    const value = props[name];
    if (typeof value !== "object" && typeof value !== "function") return value;
  }
  return undefined;
}

// In the same order, too: a component may list them.
function hasProps({ names, values }: Entry, props: Props): boolean {
  let i = 0;
  for (const name in props) {
    if (name !== names[i]) return false;
    const value = props[name], held = values[i];
    if (value !== held || value === 0) {
      if (!isHeld(held, value)) return false;
    }
    i++;
  }
  return i === names.length;
}

function sizeOf({ offers, heads }: Noted): number {
  let size = 0;
  for (const { target, args } of offers) {
    size += 64 + 2 * target.length + (args.length === 0 ? 0 : 2 * JSON.stringify(args).length);
  }
  for (const html of heads) size += 2 * html.length;
  return size;
}

/** Lets go of what has not been used since the hand passed last, as long as there is too much. */
class ClockHand {
  readonly #entries: Entry[] = [];
  #next = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(entry: Entry): void {
    entry.at = this.#entries.push(entry) - 1;
    this.#bytes += entry.bytes;
    while (this.#bytes > MEMO_BYTES) {
      const next = this.#entries[this.#next %= this.#entries.length];
      if (next === undefined) return;
      if (next.used) this.#next++;
      else this.remove(next);
      next.used = false;
    }
  }

  remove(entry: Entry): void {
    const last = this.#entries.pop();
    if (last !== undefined && last !== entry) {
      this.#entries[entry.at] = last;
      last.at = entry.at;
    }
    this.#bytes -= entry.bytes;
    entry.memory.remove(entry);
  }
}

const clock = new ClockHand();

/** How much the strings take at present, of {@linkcode MEMO_BYTES}. */
export function memoBytes(): number {
  return clock.bytes;
}
