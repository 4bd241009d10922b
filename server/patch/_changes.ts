/** Walks two bodies side by side, and writes down what differs. */

import type { Address, Operation } from "../../protocol/operations.ts";
import { commonLength } from "./_common.ts";
import { findListChange } from "./_list.ts";
import { keepMoved, type Placed } from "./_moves.ts";
import { type Lone, Outline } from "./_outline.ts";
import { Pieces } from "./_pieces.ts";
import { attributeChanges, decode } from "./_text.ts";
import { isSameWay, restOfIsland } from "./_island.ts";
import { isImplied, isIsland, isSealed, isSlot, nameOf, type Open, Scanner } from "./_scan.ts";

/** An operation, and where in the new body stands what it is about. */
interface Step extends Placed {
  /** Names that it relies on: in both pages once; or, of what goes, in the new one not at all. */
  readonly stay: readonly string[];
  readonly go: readonly string[];
}

/** A position in both bodies; between two of them, all is equal but what was written down. */
interface Place {
  /** In the old body. */
  at: number;
  /** In the new one. */
  twin: number;
}

/** A stretch of both bodies, in one element: the one that is open around it, or the whole body. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly twin: number;
  readonly twinTo: number;
  readonly top: Open | undefined;
}

/** From a place of the new body on, it is so far ahead of the old one. */
interface Shift {
  readonly from: number;
  readonly by: number;
}

/** So near, it is quicker to go on than to find the element that is meant. */
const NEAR = 1024;

/**
 * Up to a difference both bodies are equal, and so is what is open there. From it, each goes on alone to the end of the
 * element that holds it, and behind that they are side by side again.
 *
 * Why this is right: a parser that has read equal strings is in one state. Everything it has read so far is
 * understood, so an element holds in the page exactly what its markup holds alone, wherever in its parent it stands, and
 * leaves nothing behind: the same elements are open after it, no formatting element waits to be opened again, no form
 * is pending. (`<body>` is written out, so `frameset` is ignored whatever comes.) From there on the parser reads equal
 * strings again, so what follows the last difference need not be understood.
 */
export class Changes {
  readonly #outline: Outline;
  readonly #a: string;
  readonly #after: { readonly body: string };
  readonly #b: string;
  readonly #barred: ReadonlySet<string>;
  readonly #elsewhere: { has(name: string): boolean };
  readonly #top: Open | undefined;
  readonly #steps: Step[] = [];
  readonly #pieces = new Pieces();
  /** The last text that was written down. */
  #lone: Lone | undefined;

  /**
   * @param what `barred` names are no addresses, nor are those that are `elsewhere`; `top` is what the bodies stand in,
   * where they are a piece of a page
   */
  constructor({ outline, after, barred, elsewhere, top }: {
    outline: Outline;
    after: { readonly body: string };
    barred: ReadonlySet<string>;
    elsewhere: { has(name: string): boolean };
    top: Open | undefined;
  }) {
    this.#outline = outline;
    this.#a = outline.html;
    this.#after = after;
    this.#b = after.body;
    this.#barred = barred;
    this.#elsewhere = elsewhere;
    this.#top = top;
  }

  /** What a browser has to do; `undefined` where that is to bring the whole body. @param next the new outline */
  operations(next: Outline): Operation[] | undefined {
    return keepMoved(this.#steps, this.#outline, next, (name) => {
      return next.count(name) === 1 && !next.hidden && !this.#barred.has(name) && !this.#elsewhere.has(name);
    });
  }

  /** Finds what differs. False where that cannot be said of a part of the body. */
  find(): boolean {
    return this.#compare({ from: 0, to: this.#a.length, twin: 0, twinTo: this.#b.length, top: this.#top });
  }

  /** The new body's outline, and the names that are no addresses because of what has changed. */
  settle(): { next: Outline | undefined; doubtful: string[] } {
    const outline = this.#pieces.outline(this.#outline, this.#b);
    if (outline === undefined) return { next: undefined, doubtful: [] };
    const { entries, counts, limit, hidden } = outline;
    const doubtful = this.#steps.flatMap(({ stay, go }) => [
      ...stay.filter((name) => this.#outline.count(name, counts) !== 1),
      ...go.filter((name) => this.#outline.count(name, counts) !== 0),
    ]);
    if (hidden && !this.#outline.hidden) return { next: undefined, doubtful: [] };
    if (doubtful.length > 0) return { next: undefined, doubtful };
    const next = new Outline(this.#after, limit, entries, this.#outline.takeCounts(counts), hidden);
    if (this.#steps.length === 1 && this.#lone?.from === this.#steps[0]!.at) next.lone = this.#lone;
    return { next, doubtful };
  }

  /** Compares two stretches in one element, each of whole elements and texts. */
  #compare({ from, to, twin, twinTo, top }: Stretch): boolean {
    // It walks the new body: what was written down has been done when the next thing is done, so positions count there.
    const scan = new Scanner(this.#b, twin, top);
    const place = { at: from, twin };
    const shifts: Shift[] = [{ from: twin, by: twin - from }];
    while (true) {
      const equal = commonLength(this.#a, place.at, this.#b, place.twin, to, twinTo);
      if (place.at + equal === to && place.twin + equal === twinTo) {
        this.#pieces.same(place.at, to, place.twin);
        return true;
      }
      const difference = place.twin + equal;
      const by = place.twin - place.at;
      this.#approach(scan, difference, by);
      this.#pieces.same(place.at, scan.at - by, place.twin);
      place.at = scan.at - by;
      place.twin = scan.at;
      const found = this.#island(scan, place) ?? (this.#tag(scan, place) ||
        this.#text(scan, place, shifts) || this.#list(scan, place, to, twinTo) ||
        this.#element(scan, place, shifts) ||
        (this.#stepBack(scan, { from, twin, top }, place, difference, shifts) &&
          (this.#island(scan, place) ?? (this.#tag(scan, place) || this.#text(scan, place, shifts) ||
            this.#element(scan, place, shifts)))));
      if (!found) return false;
      scan.at = place.twin;
      shifts.push({ from: place.twin, by: place.twin - place.at });
    }
  }

  /** Moves the scan near to a difference: over all tokens that end before it. */
  #approach(scan: Scanner, difference: number, by: number): void {
    const { starts, ends, parents } = this.#outline;
    if (difference - scan.at > NEAR) {
      const entry = this.#outline.last(difference - by);
      if (entry >= 0 && starts[entry]! + by > scan.at) {
        const end = ends[entry]! + by;
        if (end <= difference) scan.jump(end, parents[entry]!);
        else if (this.#isOpen(entry)) scan.jump(starts[entry]! + by, parents[entry]!);
      }
    }
    scan.advance(difference);
  }

  /** Whether what an element stands in is open before it begins: the parser's own `tbody` is not, before its first row. */
  #isOpen(entry: number): boolean {
    if (!isImplied(this.#outline.parents[entry]!)) return true;
    let at = this.#outline.starts[entry]!;
    while (" \t\n\f\r".includes(this.#a.charAt(at - 1))) at--;
    return this.#a.startsWith("</tr>", at - 5);
  }

  /** Goes to the beginning of the innermost element around the difference whose name is an address, and on from there. */
  #stepBack(
    scan: Scanner,
    { from, twin, top }: Pick<Stretch, "from" | "twin" | "top">,
    place: Place,
    difference: number,
    shifts: readonly Shift[],
  ): boolean {
    const { starts, ends, parents } = this.#outline;
    let entry = this.#outline.last(place.at);
    while (entry >= 0 && starts[entry]! >= from) {
      const isAround = ends[entry]! > place.at && !parents[entry]!.sealed;
      if (isAround && this.#isAddress(this.#outline.name(entry))) break;
      entry--;
    }
    if (entry >= 0 && starts[entry]! >= from) {
      if (!this.#isOpen(entry)) return false;
      scan.jump(twinOf(shifts, starts[entry]!), parents[entry]!);
    } else if (top === undefined) scan.jump(twin);
    else return false;
    scan.advance(difference);
    return scan.at === place.twin;
  }

  /**
   * The difference is in what an island shows, which the browser writes itself: of the rest of the island only the slot
   * is compared. `undefined` where the difference is elsewhere, false where the slots cannot be.
   */
  #island(scan: Scanner, place: Place): boolean | undefined {
    const { top } = scan;
    if (!isIsland(top)) return undefined;
    const old = restOfIsland(this.#a, place.at, top), next = restOfIsland(this.#b, place.twin, top);
    if (old === undefined || next === undefined || old.slots.length !== next.slots.length) return false;
    for (const [i, slot] of old.slots.entries()) {
      const twin = next.slots[i]!;
      if (twin.name !== slot.name || !this.#isAddress(slot.name)) return false;
      const slots = { from: slot.start, to: slot.end, twin: twin.start, twinTo: twin.end };
      if (!this.#compare({ ...slots, top: twin.parent })) return false;
      if (isSameWay(slot.parent, twin.parent)) continue;
      // What is in it is the same, and stands elsewhere.
      this.#pieces.cut(twin.start);
      this.#pieces.fresh(twin.start, twin.end, twin.parent);
    }
    // Its end tag is in both. In what is left out, nothing has a name.
    scan.top = next.island;
    place.at = old.to;
    place.twin = next.to;
    return true;
  }

  /** The difference is in a start tag, or in a lone element: its attributes, or all of it. */
  #tag(scan: Scanner, place: Place): boolean {
    const old = new Scanner(this.#a, place.at, scan.top);
    const tag = old.peek(), twin = scan.peek();
    if (tag === undefined || twin === undefined || tag.rule !== twin.rule) return false;
    const name = nameOf(this.#b, twin);
    if (name !== nameOf(this.#a, tag)) return false;
    const { top } = scan;
    const index = top.children;
    const address = this.#addressOfChild(scan, { name, index, rule: twin.rule }, top);
    if (address === undefined) return false;
    const { content } = tag.rule;
    if (content !== "raw" && content !== "svg" && top.rule.content !== "svg" && tag.closed === twin.closed) {
      const changes = attributeChanges(this.#a, place.at + 1, tag, this.#b, place.twin + 1, twin);
      if (changes !== undefined) {
        const isSame = Object.keys(changes).length === 0; // but for their order, or a blank
        if (!isSame) this.#write(place.twin, ["attributes", address.path, changes], address.names);
        scan.advance(twin.end);
        if (scan.at !== twin.end) return false;
        // A parser may open it again behind a wrong end tag: with all its attributes.
        if (tag.rule.formatting && !new Scanner(this.#b, scan.at, { ...scan.top }).close(scan.top)) {
          return false;
        }
        // The element itself stays, and begins where it began.
        this.#pieces.same(place.at, place.at + 1, place.twin);
        this.#pieces.same(tag.end - 1, tag.end, twin.end - 1);
        place.at = tag.end;
        place.twin = twin.end;
        return true;
      }
    }
    const end = new Scanner(this.#b, place.twin, top);
    if (!old.skip() || !end.skip()) return false;
    top.children = index + 1;
    const replaced = { from: place.at, to: old.at };
    this.#write(place.twin, ["morph", address.path, this.#html(place.twin, end.at)], address.names, replaced);
    this.#pieces.fresh(place.twin, end.at, top);
    place.at = old.at;
    place.twin = end.at;
    return true;
  }

  /** The difference is in an element that holds nothing but text. */
  #text(scan: Scanner, place: Place, shifts: readonly Shift[]): boolean {
    const { top } = scan;
    if (!scan.knows(top) || top.parent === undefined || top.rule.content !== "flow") return false;
    const end = textEnd(this.#a, top, top.inner - shiftAt(shifts, top.inner));
    const twinEnd = textEnd(this.#b, top, top.inner);
    if (end === undefined || twinEnd === undefined) return false;
    const text = decode(this.#b.slice(top.inner, twinEnd));
    if (text === undefined || (top.rule.name === "pre" && text.startsWith("\n"))) return false;
    const address = this.#addressOf(scan, top);
    if (address === undefined) return false;
    this.#cut(top.inner);
    this.#write(top.inner, ["text", address.path, text], address.names);
    const isPre = top.rule.name === "pre";
    this.#lone = { from: top.inner, to: twinEnd, address: address.path, names: address.names, isPre };
    place.at = end;
    place.twin = twinEnd;
    return true;
  }

  /** The difference is in the order, or in the number, of elements with names beside each other. */
  #list(scan: Scanner, place: Place, to: number, twinTo: number): boolean {
    const { top } = scan;
    if (isSealed(top, this.#b)) return false;
    const { children } = top;
    const scope = this.#scopeOf(top);
    const change = findListChange({
      outline: this.#outline,
      after: this.#b,
      from: place.at,
      to,
      twin: place.twin,
      twinTo,
      top,
      isAddress: (name) => this.#isAddress(name) && !(name.startsWith(" ") && scope === undefined),
      address: (name) => name.startsWith(" ") ? [scope ?? "", name.slice(1)] : name,
    });
    if (change === undefined) return false;
    for (const { operation, stay = [], go = [] } of change.steps) {
      const isScoped = scope && [...stay, ...go].some((name) => name.startsWith(" "));
      // Before the element that begins here, which may be sent whole; after the beginning of what they stand in.
      this.#steps.push({ at: place.twin - 0.5, operation, stay: isScoped ? [...stay, scope] : stay, go });
    }
    for (const item of change.items) {
      if (item.kind === "fresh") this.#pieces.fresh(item.twin, item.twinTo, top);
      else if (item.kind === "same") this.#pieces.same(item.from, item.to, item.twin);
      else if (!this.#compare({ ...item, top })) return false;
    }
    top.children = children + change.count;
    place.at = change.end;
    place.twin = change.twinEnd;
    return true;
  }

  /** Sends the innermost element around the difference that has an address. */
  #element(scan: Scanner, place: Place, shifts: readonly Shift[]): boolean {
    for (
      let open: Open = scan.top;
      open.parent !== undefined && scan.knows(open);
      open = open.parent
    ) {
      if (isImplied(open)) continue;
      const address = this.#addressOf(scan, open);
      if (address === undefined) continue;
      const end = new Scanner(this.#a, place.at, scan.top), twin = new Scanner(this.#b, place.twin, scan.top);
      if (!end.close(open) || !twin.close(open)) return false;
      this.#cut(open.start);
      const replaced = { from: open.start - shiftAt(shifts, open.start), to: end.at };
      this.#write(
        open.start,
        ["morph", address.path, this.#html(open.start, twin.at)],
        address.names,
        replaced,
      );
      this.#pieces.fresh(open.start, twin.at, open.parent);
      open.parent.children = open.index + 1;
      scan.top = open.parent;
      place.at = end.at;
      place.twin = twin.at;
      return true;
    }
    return false;
  }

  #html(from: number, to: number): string {
    return this.#b.slice(from, to).toWellFormed();
  }

  #write(at: number, operation: Operation, names: readonly string[], old?: Placed["old"]): void {
    this.#steps.push({ at, operation, old, stay: names, go: [] });
  }

  /** Takes back what was written about anything from here on: it is sent as a part of what holds it. */
  #cut(at: number): void {
    while ((this.#steps.at(-1)?.at ?? -1) >= at) this.#steps.pop();
    this.#pieces.cut(at);
  }

  #isAddress(name: string): boolean {
    return name !== "" && !this.#outline.hidden && !this.#barred.has(name) &&
      this.#outline.count(name) === 1 && !this.#elsewhere.has(name);
  }

  /** The id that a key is looked for in; nothing for a piece of a page that has none around the key. */
  #scopeOf(open: Open): string | undefined {
    for (let around: Open | undefined = open; around !== undefined; around = around.parent) {
      if (!around.name.startsWith(" ") && this.#isAddress(around.name)) return around.name;
    }
    return this.#top === undefined ? "" : undefined;
  }

  /** How the browser finds an element that is open, and the names that this relies on. */
  #addressOf(scan: Scanner, open: Open): { path: Address; names: readonly string[] } | undefined {
    if (open.parent === undefined) {
      return scan.knows(open) && this.#top === undefined ? { path: "", names: [] } : undefined;
    }
    if (!scan.knows(open) && !this.#isAddress(open.name)) return undefined;
    return this.#addressOfChild(scan, open, open.parent);
  }

  #addressOfChild(scan: Scanner, { name, index, rule }: Pick<Open, "name" | "index" | "rule">, parent: Open) {
    if (isSealed(parent, this.#b)) return undefined;
    // What an island shows is nobody's to change, and where its slot stands is the browser's affair.
    if (isIsland(parent) && !(isSlot(rule, parent) && this.#isAddress(name))) return undefined;
    if (this.#isAddress(name)) {
      if (!name.startsWith(" ")) return { path: name as Address, names: [name] };
      const scope = this.#scopeOf(parent);
      if (scope === undefined) return undefined;
      const names = scope === "" ? [name] : [name, scope];
      return { path: [scope, name.slice(1)] as Address, names };
    }
    if (!scan.knows(parent) || Number.isNaN(index)) return undefined;
    // What is not understood further on may still move it: a parser puts what has no place in a table in front of it,
    // and takes apart a formatting element that is closed by a wrong end tag.
    const isWhole = this.#outline.limit === this.#a.length;
    if (!isWhole && (rule.formatting || rule.name === "table")) return undefined;
    const above = this.#addressOf(scan, parent);
    if (above === undefined) return undefined;
    const { path, names } = above;
    const way = (typeof path === "string" ? [path, index] : [...path, index]) as unknown as Address;
    return { path: way, names };
  }
}

/** How far the new body is ahead of the old one at a place of the new one. */
function shiftAt(shifts: readonly Shift[], twin: number): number {
  return shifts.findLast(({ from }) => from <= twin)?.by ?? 0;
}

/** Where an element begins in the new body that is open in both. */
function twinOf(shifts: readonly Shift[], start: number): number {
  return start + (shifts.findLast(({ from, by }) => from - by <= start)?.by ?? 0);
}

/** Where the text ends that is all of an element's content. */
function textEnd(html: string, { rule }: Open, inner: number): number | undefined {
  const end = html.indexOf("<", inner);
  return end >= 0 && html.startsWith(`</${rule.name}>`, end) ? end : undefined;
}
